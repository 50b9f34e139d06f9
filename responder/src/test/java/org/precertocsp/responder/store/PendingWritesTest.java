package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.StoreLockedException;

/// The rows of a set against a plain map, over a real database.
final class PendingWritesTest {
    @TempDir private Path directory = Path.of("");
    private Optional<RocksDatabase> open = Optional.empty();

    @BeforeEach
    void openDatabase() throws StoreLockedException {
        open = Optional.of(new StoreOpener(new StoreConfig(directory, 8 << 20)).writable());
    }

    @AfterEach
    void closeDatabase() {
        database().close();
    }

    private RocksDatabase database() {
        return open.orElseThrow();
    }

    @Test
    void rows_are_what_a_map_would_hold_before_and_after_writing() {
        Random random = new Random(7);
        Map<ByteString, Optional<ByteString>> expected = new HashMap<>();
        for (int round = 0; round < 3; round++) {
            PendingWrites rows = new PendingWrites(database());
            for (int i = 0; i < 30_000; i++) {
                byte[] key = ByteBuffer.allocate(4).putInt(random.nextInt(20_000)).array();
                if (random.nextInt(5) == 0) {
                    rows.delete(ColumnFamily.STATUS, key);
                    expected.put(ByteString.of(key), Optional.empty());
                } else {
                    byte[] value = new byte[1 + random.nextInt(300)];
                    random.nextBytes(value);
                    rows.put(ColumnFamily.STATUS, key, value);
                    expected.put(ByteString.of(key), Optional.of(ByteString.of(value)));
                }
            }
            expected.forEach(
                    (key, value) ->
                            assertThat(
                                            rows.get(ColumnFamily.STATUS, key.toArray())
                                                    .map(ByteString::of))
                                    .isEqualTo(value));
            rows.write();
            expected.forEach(
                    (key, value) ->
                            assertThat(
                                            database()
                                                    .get(ColumnFamily.STATUS, key.toArray())
                                                    .map(ByteString::of))
                                    .isEqualTo(value));
        }
        assertThat(database().isEmpty(ColumnFamily.HISTORY)).isTrue();
    }

    @Test
    void few_long_rows_leave_memory_before_a_run_of_them_outgrows_what_can_be_mapped() {
        PendingWrites rows =
                new PendingWrites(
                        database(), new BulkLimits(100_000, 2_000_000, 200_000, 4L << 20));
        for (int i = 0; i < 120; i++) {
            byte[] value = new byte[100_000];
            value[0] = (byte) (1 + i);
            // Some are written again and again: that takes memory, too.
            rows.put(ColumnFamily.EVIDENCE, new byte[] {(byte) (i % 40)}, value);
        }

        assertThat(rows.isLarge()).isTrue();
        for (int key = 0; key < 40; key++) {
            assertThat(rows.get(ColumnFamily.EVIDENCE, new byte[] {(byte) key}).orElseThrow()[0])
                    .isEqualTo((byte) (1 + 80 + key));
        }
        rows.forget();
    }

    @Test
    void families_keys_and_lengths_are_kept_apart() {
        PendingWrites rows = new PendingWrites(database());
        byte[] large = new byte[3 << 20];
        byte[] longKey = new byte[300];
        rows.put(ColumnFamily.STATUS, new byte[] {0}, new byte[] {1});
        rows.put(ColumnFamily.EVIDENCE, new byte[] {0}, new byte[] {2});
        rows.put(ColumnFamily.STATUS, new byte[] {0, 0}, new byte[] {3});
        rows.put(ColumnFamily.CONFLICTS, longKey, large);
        rows.put(ColumnFamily.HISTORY, new byte[] {0}, new byte[] {4});

        assertThat(rows.get(ColumnFamily.STATUS, new byte[] {0})).contains(new byte[] {1});
        assertThat(rows.get(ColumnFamily.EVIDENCE, new byte[] {0})).contains(new byte[] {2});
        assertThat(rows.get(ColumnFamily.STATUS, new byte[] {0, 0})).contains(new byte[] {3});
        assertThat(rows.get(ColumnFamily.HISTORY, new byte[] {0})).contains(new byte[] {4});
        assertThat(rows.get(ColumnFamily.SOURCES, new byte[] {0})).isEmpty();
        rows.write();
        assertThat(database().get(ColumnFamily.CONFLICTS, longKey).orElseThrow()).isEqualTo(large);
    }

    @Test
    void row_without_a_value_is_a_bug() {
        PendingWrites rows = new PendingWrites(database());
        assertThatThrownBy(() -> rows.put(ColumnFamily.STATUS, new byte[] {0}, new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(rows.isEmpty()).isTrue();
    }
}
