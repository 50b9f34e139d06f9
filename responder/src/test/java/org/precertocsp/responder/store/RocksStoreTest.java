package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.responder.status.TestChanges.KEY;
import static org.precertocsp.responder.status.TestChanges.announced;
import static org.precertocsp.responder.status.TestChanges.certificate;
import static org.precertocsp.responder.status.TestChanges.declared;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.precertificate;
import static org.precertocsp.responder.status.TestChanges.revoked;
import static org.precertocsp.responder.status.TestChanges.source;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.CommitMark;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.CtLogPosition;
import org.precertocsp.responder.status.LatestCrl;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusDetails;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.status.TestChanges;
import org.precertocsp.responder.status.TooManyChangesException;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/// What only a store on disk can do: outlive its process, be locked, be damaged.
final class RocksStoreTest {
    private static final HexFormat HEX = HexFormat.of();

    @TempDir private Path directory = Path.of("");

    private StoreConfig config() {
        return new StoreConfig(directory.resolve("a store"), 8 << 20);
    }

    private static void feed(RocksStore store, String name, StatusChange... changes) {
        try (ChangeSet set = store.begin(source(name))) {
            for (StatusChange change : changes) {
                set.apply(change);
            }
            set.commit();
        }
    }

    @Test
    @SuppressWarnings("NullAway") // Any defect would do; this one is at hand.
    void a_set_that_cannot_be_begun_for_whatever_reason_lets_the_next_one_begin()
            throws StoreLockedException {
        try (RocksStore store = RocksStore.open(config())) {
            assertThatThrownBy(() -> store.tryBegin(null, Duration.ZERO))
                    .isInstanceOf(NullPointerException.class);

            assertThat(store.tryBegin(source("a"), Duration.ZERO)).isPresent();
        }
    }

    @Test
    @Requirement({"SA-11", "SS-09"})
    void everything_is_there_after_reopening() throws StoreLockedException {
        SerialKey elsewhere = new SerialKey(TestChanges.issuer("other"), KEY.serial());
        CrlScope scope = new CrlScope(TestChanges.ISSUER, "");
        LatestCrl head =
                new LatestCrl(
                        Optional.of(BigInteger.TEN),
                        TestChanges.REVOKED_AT,
                        TestChanges.sha256("crl"));
        StatusDetails before;
        try (RocksStore store = RocksStore.open(config())) {
            feed(store, "precertificates", precertificate(KEY));
            feed(store, "list", declared(elsewhere));
            feed(store, "crl 1", revoked(KEY, RevocationReason.SUPERSEDED));
            try (ChangeSet set = store.begin(source("crl 2"))) {
                set.apply(revoked(KEY, RevocationReason.KEY_COMPROMISE));
                set.put(new StateKey.NewestCrl(scope), head);
                set.commit();
            }
            before = store.dossier(KEY);
        }
        try (RocksStore store = RocksStore.open(config())) {
            assertThat(store.dossier(KEY)).isEqualTo(before);
            assertThat(before.history()).hasSize(2);
            feed(
                    store,
                    "third issuer",
                    declared(new SerialKey(TestChanges.issuer("3"), KEY.serial())));
            feed(store, "certificates", certificate(elsewhere), announced(key(5)));
            assertThat(store.dossier(elsewhere).evidence())
                    .extracting(evidence -> evidence.source().name())
                    .containsExactly("list", "certificates");
            assertThat(store.dossier(KEY)).isEqualTo(before);
            try (ChangeSet set = store.begin(source("look"))) {
                assertThat(set.get(new StateKey.NewestCrl(scope))).contains(head);
            }
        }
    }

    @Test
    void store_open_twice_is_locked() throws StoreLockedException {
        try (RocksStore store = RocksStore.open(config())) {
            assertThatThrownBy(() -> RocksStore.open(config()))
                    .isInstanceOf(StoreLockedException.class)
                    .hasMessageContaining(config().directory().toString());
            feed(store, "still works", declared(KEY));
        }
        RocksStore.open(config()).close();
    }

    @Test
    void read_only_sees_what_was_committed_up_to_opening_beside_the_writer()
            throws StoreLockedException, IOException {
        try (RocksStore store = RocksStore.open(config())) {
            feed(store, "list", declared(KEY));
            List<Path> files = files();
            try (RocksStore reader = RocksStore.openReadOnly(config())) {
                feed(store, "later", declared(key(2)), revoked(KEY, RevocationReason.SUPERSEDED));

                assertThat(reader.find(KEY)).isPresent();
                assertThat(reader.dossier(KEY).evidence()).hasSize(1);
                assertThat(reader.dossier(KEY).history()).isEmpty();
                assertThat(reader.find(key(2))).isEmpty();
                assertThatThrownBy(() -> reader.begin(source("no")))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("reading only");
            }
            assertThat(files()).isEqualTo(files);
            try (RocksStore reader = RocksStore.openReadOnly(config())) {
                assertThat(reader.dossier(KEY)).isEqualTo(store.dossier(KEY));
                assertThat(reader.find(key(2))).isPresent();
            }
        }
        try (RocksStore reader = RocksStore.openReadOnly(config())) {
            assertThat(reader.dossier(KEY).history()).hasSize(1);
        }
    }

    @Test
    void what_is_recorded_is_never_surely_unassigned_and_most_else_is()
            throws StoreLockedException {
        try (RocksStore store = RocksStore.open(config())) {
            assertThat(isSurelyUnassigned(store, KEY)).isTrue();
            try (ChangeSet set = store.begin(source("list"))) {
                for (int i = 0; i < 2_000; i += 2) {
                    set.apply(declared(key(i)));
                }
                set.commit();
            }
            assertUnassignedAreKnown(store);
        }
        try (RocksStore reopened = RocksStore.open(config())) {
            assertUnassignedAreKnown(reopened);
            SerialKey elsewhere = new SerialKey(TestChanges.issuer("no such"), KEY.serial());
            assertThat(isSurelyUnassigned(reopened, elsewhere)).isTrue();
            assertThat(reopened.isSurelyUnassigned(TestChanges.ISSUER, new byte[30], 1, 22))
                    .isFalse();
        }
        try (RocksStore reader = RocksStore.openReadOnly(config())) {
            assertUnassignedAreKnown(reader);
        }
    }

    private static void assertUnassignedAreKnown(RocksStore store) {
        int sure = 0;
        for (int i = 0; i < 2_000; i += 2) {
            assertThat(isSurelyUnassigned(store, key(i))).isFalse();
            sure += isSurelyUnassigned(store, key(i + 1)) ? 1 : 0;
        }
        assertThat(sure).isGreaterThan(950);
    }

    private static boolean isSurelyUnassigned(RocksStore store, SerialKey key) {
        byte[] content = key.serial().content().toArray();
        byte[] request = new byte[content.length + 7];
        System.arraycopy(content, 0, request, 5, content.length);
        return store.isSurelyUnassigned(key.issuer(), request, 5, content.length);
    }

    @Test
    void closed_store_does_not_say_unassigned() throws StoreLockedException {
        RocksStore store = RocksStore.open(config());
        feed(store, "list", declared(KEY));
        store.close();

        assertThatThrownBy(() -> isSurelyUnassigned(store, key(7)))
                .isInstanceOf(StoreException.class);
        assertThatThrownBy(
                        () ->
                                isSurelyUnassigned(
                                        store,
                                        new SerialKey(TestChanges.issuer("x"), KEY.serial())))
                .isInstanceOf(StoreException.class);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(config().directory())) {
            return files.sorted().toList();
        }
    }

    @Test
    void read_only_needs_a_store() {
        assertThatThrownBy(() -> RocksStore.openReadOnly(config()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("there is no store in");
        assertThat(config().directory()).doesNotExist();
    }

    @Test
    void set_beyond_its_limit_says_to_split_the_file_and_leaves_nothing()
            throws StoreLockedException {
        StoreLimits limits = new StoreLimits(3, Duration.ofSeconds(10));
        try (RocksStore store = RocksStore.open(config(), limits)) {
            try (ChangeSet set = store.begin(source("large"))) {
                for (int i = 0; i < 3; i++) {
                    set.apply(declared(key(i)));
                    assertThat(set.apply(declared(key(i))))
                            .isEqualTo(new ChangeOutcome.Unchanged());
                }
                assertThatThrownBy(() -> set.apply(declared(key(3))))
                        .isInstanceOf(TooManyChangesException.class)
                        .hasMessageContaining("split");
                assertThatThrownBy(set::commit).isInstanceOf(IllegalStateException.class);
            }
            assertThat(store.find(key(0))).isEmpty();
        }
    }

    @Test
    void waiting_for_another_set_ends() throws StoreLockedException {
        StoreLimits limits = new StoreLimits(3, Duration.ofMillis(20));
        try (RocksStore store = RocksStore.open(config(), limits)) {
            try (ChangeSet open = store.begin(source("first"))) {
                assertThatThrownBy(() -> store.begin(source("second")))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("another load");
                assertThat(open.apply(declared(KEY))).isEqualTo(new ChangeOutcome.Added());
            }
            store.begin(source("third")).close();
        }
    }

    @Test
    void status_of_an_unknown_format_is_a_failure_and_never_a_status() throws StoreLockedException {
        try (RocksStore store = RocksStore.open(config())) {
            feed(store, "list", declared(KEY));
        }
        overwrite(ColumnFamily.STATUS, RowKeys.serial(1, KEY.serial()), "e9006b8b4567");

        try (RocksStore store = RocksStore.open(config())) {
            assertThatThrownBy(() -> store.find(KEY))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(KEY.serial().toHex())
                    .hasMessageContaining("format 7");
            assertThatThrownBy(() -> store.dossier(KEY)).isInstanceOf(StoreException.class);
            try (ChangeSet set = store.begin(source("crl"))) {
                assertThatThrownBy(() -> set.apply(declared(KEY)))
                        .isInstanceOf(StoreException.class);
                assertThatThrownBy(set::commit).isInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    void newer_schema_is_refused_with_a_sentence() throws StoreLockedException {
        RocksStore.open(config()).close();
        overwrite(ColumnFamily.META, StoreOpener.SCHEMA_KEY, "00000004");

        assertThatThrownBy(() -> RocksStore.open(config()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("has schema 4, this version knows 3")
                .hasMessageContaining("newer version");
        assertThatThrownBy(() -> RocksStore.openReadOnly(config()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("newer version");
    }

    /// A store as schema 2 left it, with the newest commit mark stored as the head of a log.
    private void storeOfSchema2(CommitMark mark) throws StoreLockedException {
        try (RocksStore store = RocksStore.open(config())) {
            feed(store, "list", declared(KEY));
        }
        CtLogPosition former =
                new CtLogPosition(mark.set(), 0, mark.value(), List.of(), Instant.EPOCH);
        try (RocksDatabase database = new StoreOpener(config()).writable()) {
            PendingWrites rows = new PendingWrites(database);
            rows.put(ColumnFamily.META, StoreOpener.SCHEMA_KEY, RecordCodec.number(2));
            rows.put(ColumnFamily.META, CommitMarkCodec.FORMER_KEY, RecordCodec.logHead(former));
            rows.write();
        }
    }

    @Test
    void commit_mark_of_an_earlier_version_is_read_and_moved_when_written()
            throws StoreLockedException {
        CommitMark mark = new CommitMark(4711, TestChanges.sha256("mark"));
        storeOfSchema2(mark);

        try (RocksStore reader = RocksStore.openReadOnly(config())) {
            assertThat(reader.commitMark()).contains(mark);
        }
        try (RocksStore store = RocksStore.open(config())) {
            assertThat(store.commitMark()).contains(mark);
            try (ChangeSet set = store.begin(source("next"))) {
                assertThat(set.get(new StateKey.NewestCommit())).contains(mark);
            }
        }
        try (RocksDatabase database = new StoreOpener(config()).writable()) {
            assertThat(database.get(ColumnFamily.META, CommitMarkCodec.FORMER_KEY)).isEmpty();
            assertThat(database.get(ColumnFamily.META, StoreOpener.SCHEMA_KEY))
                    .hasValueSatisfying(it -> assertThat(RecordCodec.number(it)).isEqualTo(3));
            assertThat(CommitMarkCodec.read(database)).contains(mark);
        }
    }

    @Test
    void newest_commit_mark_replaces_the_one_before() throws StoreLockedException {
        storeOfSchema2(new CommitMark(1, TestChanges.sha256("first")));
        CommitMark second = new CommitMark(9, TestChanges.sha256("second"));
        try (RocksStore store = RocksStore.open(config())) {
            try (ChangeSet set = store.begin(source("next"))) {
                set.put(new StateKey.NewestCommit(), second);
                assertThat(set.get(new StateKey.NewestCommit())).contains(second);
                set.commit();
            }
            assertThat(store.commitMark()).contains(second);
        }
        try (RocksStore reader = RocksStore.openReadOnly(config())) {
            assertThat(reader.commitMark()).contains(second);
        }
    }

    @Test
    void parts_of_a_newer_program_are_refused_before_anything_is_written()
            throws RocksDBException, IOException {
        createForeign("from the future");

        assertThatThrownBy(() -> RocksStore.open(config()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("has a part 'from the future'");
    }

    @Test
    void another_database_is_not_taken_for_a_store() throws RocksDBException, IOException {
        createForeign("");

        assertThatThrownBy(() -> RocksStore.open(config()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is not a status store");
    }

    private void createForeign(String family) throws RocksDBException, IOException {
        Files.createDirectories(config().directory());
        RocksDB.loadLibrary();
        try (Options options = new Options().setCreateIfMissing(true);
                RocksDB db = RocksDB.open(options, config().directory().toString())) {
            db.put(new byte[] {1}, new byte[] {2});
            if (!family.isEmpty()) {
                byte[] name = family.getBytes(StandardCharsets.UTF_8);
                db.createColumnFamily(new ColumnFamilyDescriptor(name)).close();
            }
        }
    }

    private void overwrite(ColumnFamily family, byte[] key, String hex)
            throws StoreLockedException {
        try (RocksDatabase database = new StoreOpener(config()).writable()) {
            assertThat(database.get(family, key)).isPresent();
            PendingWrites rows = new PendingWrites(database);
            rows.put(family, key, HEX.parseHex(hex));
            rows.write();
        }
    }

    @Test
    void a_copy_has_every_set_before_it_and_none_begins_meanwhile() throws Exception {
        Path copy = directory.resolve("copy");
        try (RocksStore store = RocksStore.open(config())) {
            feed(store, "before", declared(key(1)));
            store.keepCheckpoint("log", "text");
            boolean copied =
                    store.copyFiles(
                            copy,
                            Duration.ZERO,
                            () ->
                                    assertThat(store.tryBegin(source("meanwhile"), Duration.ZERO))
                                            .isEmpty());
            assertThat(copied).isTrue();
            feed(store, "after", declared(key(2)));
        }

        try (RocksStore store = RocksStore.open(new StoreConfig(copy, 8 << 20))) {
            assertThat(store.find(key(1))).isPresent();
            assertThat(store.checkpoint("log")).contains("text");
            assertThat(store.find(key(2))).isEmpty();
        }
    }

    @Test
    void no_copy_is_made_inside_of_a_set() throws Exception {
        Path copy = directory.resolve("copy");
        try (RocksStore store = RocksStore.open(config())) {
            try (ChangeSet set = store.begin(source("long"))) {
                set.apply(declared(key(1)));

                assertThat(store.copyFiles(copy, Duration.ofMillis(1), () -> {})).isFalse();
                assertThat(copy).doesNotExist();
            }
            assertThat(store.copyFiles(copy, Duration.ZERO, () -> {})).isTrue();
        }
    }

    @Test
    void a_failed_copy_lets_the_next_set_begin() throws Exception {
        try (RocksStore store = RocksStore.open(config())) {
            assertThatThrownBy(() -> store.copyFiles(directory, Duration.ZERO, () -> {}))
                    .isInstanceOf(StoreException.class);

            feed(store, "next", declared(key(1)));
        }
    }

    @Test
    void a_directory_into_which_a_restore_was_cut_short_gets_no_other_store() throws Exception {
        Files.createDirectories(RocksStore.restoring(config()));

        assertThatThrownBy(() -> RocksStore.open(config()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("cut short")
                .hasMessageContaining("precert-ocsp restore");
    }

    @Test
    void damaged_log_is_refused_and_not_read_as_fewer_changes()
            throws StoreLockedException, IOException {
        Path copy = directory.resolve("copy");
        try (RocksStore store = RocksStore.open(config())) {
            for (int i = 0; i < 50; i++) {
                feed(store, "list " + i, declared(key(i)));
            }
            copyTo(copy);
        }
        Path log;
        try (Stream<Path> files = Files.list(copy)) {
            log = files.filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(log);
        bytes[bytes.length / 2] ^= 1;
        Files.write(log, bytes);

        assertThatThrownBy(() -> RocksStore.open(new StoreConfig(copy, 8 << 20)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("cannot open the store");
    }

    @Test
    void log_torn_at_its_end_loses_only_what_was_never_acknowledged()
            throws StoreLockedException, IOException {
        Path copy = directory.resolve("copy");
        try (RocksStore store = RocksStore.open(config())) {
            feed(store, "acknowledged", declared(key(1)), declared(key(2)));
            feed(store, "torn", declared(key(3)), declared(key(4)));
            copyTo(copy);
        }
        try (Stream<Path> files = Files.list(copy)) {
            Path log =
                    files.filter(file -> file.toString().endsWith(".log"))
                            .findFirst()
                            .orElseThrow();
            byte[] bytes = Files.readAllBytes(log);
            Files.write(log, Arrays.copyOf(bytes, bytes.length - 3));
        }

        try (RocksStore store = RocksStore.open(new StoreConfig(copy, 8 << 20))) {
            assertThat(store.find(key(2))).isPresent();
            assertThat(store.find(key(3))).isEmpty();
            assertThat(store.find(key(4))).isEmpty();
        }
    }

    /// What a crash would leave.
    private void copyTo(Path copy) throws IOException {
        Files.createDirectories(copy);
        for (Path file : files()) {
            Files.copy(file, copy.resolve(file.getFileName()));
        }
    }
}
