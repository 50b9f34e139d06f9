package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// What happens between the intent of a large set and its end.
final class BulkCommitTest {
    private static final byte[] END = {-1, -1, -1, -1, -1};

    @TempDir private Path directory = Path.of("");

    private StoreConfig config() {
        return new StoreConfig(directory.resolve("store"), 8 << 20);
    }

    /// RocksDB first takes a file over and then removes its old name: a crash between leaves both.
    @ParameterizedTest
    @EnumSource(
            value = ColumnFamily.class,
            names = {"EVIDENCE", "CONFLICTS", "HISTORY", "RENEWALS", "STATUS"})
    void files_left_after_they_were_taken_over_are_taken_over_again(ColumnFamily last)
            throws StoreLockedException, IOException, RocksDBException {
        Map<ByteString, ByteString> expected = new HashMap<>();
        BulkIntent intent;
        try (RocksDatabase database = new StoreOpener(config()).writable()) {
            write(database, 1, expected);
            BulkCommit.takeOver(database, intent(database));
            write(database, 2, expected);
            intent = intent(database);
            for (ColumnFamily family : BulkCommit.TABLES) {
                List<String> files = intent.files(family);
                assertThat(files).hasSizeGreaterThan(1);
                for (String file : files) {
                    Files.createLink(directory.resolve(file), database.scratch().existing(file));
                }
                database.ingest(family, files);
                if (family == last) {
                    for (String file : files) {
                        Files.createLink(
                                database.scratch().existing(file), directory.resolve(file));
                    }
                    break;
                }
            }
        }
        try (RocksDatabase database = new StoreOpener(config()).writable()) {
            assertHolds(database, expected);
            assertThat(BulkIntent.read(database)).isEmpty();
            // And they stay readable under whatever is written next.
            write(database, 3, expected);
            BulkCommit.takeOver(database, intent(database));
        }
        try (RocksDatabase database = new StoreOpener(config()).writable()) {
            assertHolds(database, expected);
        }
    }

    /// The files that an intent names are not tables yet, so a copy of the tables lacks them.
    @Test
    void a_copy_of_the_store_has_the_set_that_failed_halfway()
            throws StoreLockedException, IOException {
        Map<ByteString, ByteString> expected = new HashMap<>();
        Path copy = directory.resolve("copy");
        RocksDatabase database = new StoreOpener(config()).writable();
        try (RocksStore store = new RocksStore(config(), database, StoreLimits.USUAL)) {
            write(database, 1, expected);

            assertThat(store.copyFiles(copy, Duration.ZERO, () -> {})).isTrue();
        }
        try (RocksDatabase copied = new StoreOpener(new StoreConfig(copy, 8 << 20)).writable()) {
            assertHolds(copied, expected);
        }
    }

    @Test
    void files_without_an_intent_are_nothing_and_go_away()
            throws StoreLockedException, RocksDBException {
        Map<ByteString, ByteString> expected = new HashMap<>();
        try (RocksDatabase database = new StoreOpener(config()).writable()) {
            write(database, 1, expected);
            try (WriteBatch batch = new WriteBatch()) {
                database.addDeletion(batch, ColumnFamily.META, BulkIntent.KEY);
                database.write(batch);
            }
        }
        try (RocksDatabase database = new StoreOpener(config()).writable()) {
            for (ColumnFamily family : BulkCommit.TABLES) {
                assertThat(database.isEmpty(family)).isTrue();
            }
            assertThat(config().directory().resolve("bulk")).isEmptyDirectory();
        }
    }

    @Test
    void nobody_reads_the_queue_until_a_set_that_failed_halfway_is_complete()
            throws StoreLockedException {
        try (RocksDatabase database = new StoreOpener(config()).writable()) {
            assertThatThrownBy(
                            () ->
                                    database.takingOver(
                                            () -> {
                                                throw new StoreException("no disk", null);
                                            }))
                    .hasMessage("no disk");
            assertThatThrownBy(
                            () ->
                                    database.walk(
                                            ColumnFamily.RENEWALS,
                                            new byte[1],
                                            END,
                                            1,
                                            (_, _) -> {}))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("not complete");

            database.takingOver(() -> {});
            assertThat(database.walk(ColumnFamily.RENEWALS, new byte[1], END, 1, (_, _) -> {}))
                    .isTrue();
        }
    }

    private static BulkIntent intent(RocksDatabase database) {
        return BulkIntent.read(database).orElseThrow();
    }

    /// Writes a set up to its intent.
    private static void write(
            RocksDatabase database, int seed, Map<ByteString, ByteString> expected) {
        PendingWrites rows = new PendingWrites(database, new BulkLimits(1, 700, 400));
        Random random = new Random(seed);
        for (ColumnFamily family : BulkCommit.TABLES) {
            for (int i = 0; i < 400; i++) {
                byte[] key = ByteBuffer.allocate(4).putInt(random.nextInt(1_000)).array();
                byte[] value = new byte[1 + random.nextInt(i % 100 == 0 ? 10_000 : 20)];
                random.nextBytes(value);
                rows.put(family, key, value);
                expected.put(id(family, key), ByteString.of(value));
            }
        }
        rows.prepareTables();
    }

    private static ByteString id(ColumnFamily family, byte[] key) {
        return ByteString.of(ByteBuffer.allocate(5).put(family.code()).put(key).array());
    }

    private static void assertHolds(RocksDatabase database, Map<ByteString, ByteString> expected) {
        Map<ByteString, ByteString> found = new HashMap<>();
        for (ColumnFamily family : BulkCommit.TABLES) {
            database.walk(
                    family,
                    new byte[0],
                    END,
                    Integer.MAX_VALUE,
                    (key, value) -> found.put(id(family, key), ByteString.of(value)));
        }
        assertThat(found).isEqualTo(expected);
    }
}
