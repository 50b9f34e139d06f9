package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.responder.status.TestChanges.KEY;
import static org.precertocsp.responder.status.TestChanges.announced;
import static org.precertocsp.responder.status.TestChanges.declared;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.revoked;
import static org.precertocsp.responder.status.TestChanges.sha256;
import static org.precertocsp.responder.status.TestChanges.source;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.CommitMark;
import org.precertocsp.responder.status.CtLogPosition;
import org.precertocsp.responder.status.FrozenRows.IssuerDigest;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.status.TestChanges;

/// The rows of one store, written as tables and taken by another.
final class RowTablesTest {
    private static final ByteString POSITION =
            ByteString.of("position 7".getBytes(StandardCharsets.US_ASCII));
    private static final CommitMark MARK = new CommitMark(5, sha256("mark"));
    private static final ByteString LOG = sha256("log");

    @TempDir private Path directory = Path.of("");

    private final List<RocksStore> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(RocksStore::close);
        open.clear();
    }

    private RocksStore store(String name) throws StoreLockedException {
        RocksStore store = RocksStore.open(new StoreConfig(directory.resolve(name), 8 << 20));
        open.add(store);
        return store;
    }

    private static void commit(RocksStore store, StatusChange... changes) {
        try (ChangeSet set = store.begin(source("test"))) {
            set.applyAll(List.of(changes));
            set.commit();
        }
    }

    /// With rows of every family that is sent, and of others.
    private RocksStore filled(String name) throws StoreLockedException {
        RocksStore store = store(name);
        for (int i = 0; i < 3; i++) {
            LargeSets.load(store, i);
        }
        SerialKey another = new SerialKey(TestChanges.issuer("another"), KEY.serial());
        commit(store, declared(another), announced(key(77)));
        commit(store, revoked(another, RevocationReason.SUPERSEDED));
        try (ChangeSet set = store.begin(source("marked"))) {
            set.apply(declared(key(78)));
            set.put(new StateKey.NewestCommit(), MARK);
            set.put(
                    new StateKey.LogPosition(LOG),
                    new CtLogPosition(0, 9, sha256("root"), List.of(), Instant.EPOCH));
            set.commit();
        }
        store.keepNewestTime(Instant.parse("2026-06-01T00:00:00Z"));
        store.keepCheckpoint("log", "text");
        store.replica().keepPosition(POSITION);
        return store;
    }

    private List<RowTables.Source> write(RocksStore store, boolean answersOnly) throws Exception {
        Path folder = Files.createDirectory(directory.resolve("tables"));
        try (RowTables rows = store.frozenRows()) {
            return sources(folder, rows.write(folder, _ -> {}), answersOnly);
        }
    }

    private static List<RowTables.Source> sources(
            Path folder, RowTables.Written written, boolean answersOnly) {
        return written.tables().stream()
                .filter(table -> table.answers() || !answersOnly)
                .map(table -> new RowTables.Source(table.file(), folder.resolve(table.file())))
                .toList();
    }

    /// Without what a node keeps for itself.
    private List<String> shared(String name) {
        List<String> own =
                List.of("newest time", "cluster position", "presign ").stream()
                        .map(it -> ByteString.of(it.getBytes(StandardCharsets.US_ASCII)).toHex())
                        .toList();
        return StoreDump.of(directory.resolve(name)).stream()
                .filter(line -> own.stream().noneMatch(line::contains))
                .toList();
    }

    @Test
    void a_store_that_takes_the_tables_of_another_has_its_rows() throws Exception {
        List<RowTables.Source> tables = write(filled("a"), false);
        RocksStore b = store("b");

        b.replaceRows(tables, POSITION, Optional.empty());

        assertThat(b.replica().position()).contains(POSITION);
        assertThat(b.commitMark()).as("is of another audit log").isEmpty();
        assertThat(b.logHead(LOG)).isPresent();
        assertThat(b.checkpoint("log")).isEmpty();
        assertThat(b.newestTime()).isEmpty();
        assertThat(b.find(key(78))).isPresent();
        close();
        assertThat(shared("b")).hasSizeGreaterThan(1_000).containsExactlyElementsOf(shared("a"));
    }

    @Test
    void tables_for_answers_are_statuses_and_issuers() throws Exception {
        List<RowTables.Source> tables = write(filled("a"), true);
        RocksStore b = store("b");

        b.replaceRows(tables, POSITION, Optional.of(MARK));

        assertThat(b.commitMark()).contains(MARK);
        close();
        List<String> expected =
                shared("a").stream().filter(it -> it.matches("(status|issuers) .*")).toList();
        assertThat(shared("b")).filteredOn(it -> !it.startsWith("default ")).isEqualTo(expected);
    }

    @Test
    void rows_that_are_not_in_the_tables_are_gone() throws Exception {
        RocksStore a = store("a");
        commit(a, declared(key(1)));
        a.replica().keepPosition(POSITION);
        RocksStore b = store("b");
        SerialKey other = new SerialKey(TestChanges.issuer("other"), KEY.serial());
        commit(b, declared(key(1)), declared(key(2)), declared(other));
        ChangeEpochs.Mark stale = b.epochs().mark(key(2));

        b.replaceRows(write(a, false), POSITION, Optional.empty());

        assertThat(b.find(key(1))).isPresent();
        assertThat(b.find(key(2))).isEmpty();
        assertThat(b.find(other)).isEmpty();
        assertThat(stale.isCurrent()).isFalse();
        close();
        assertThat(shared("b")).isEqualTo(shared("a"));
        RocksStore again = store("b");
        assertThat(again.find(key(1))).isPresent();
        assertThat(again.find(key(2))).isEmpty();
    }

    @Test
    void tables_have_the_rows_of_the_moment_however_long_it_takes() throws Exception {
        RocksStore a = filled("a");
        Path folder = Files.createDirectory(directory.resolve("tables"));
        RowTables.Written written;
        try (RowTables rows = a.frozenRows()) {
            List<IssuerDigest> digests = rows.digests(_ -> {});
            commit(a, declared(key(1_000_001)), revoked(key(78), RevocationReason.SUPERSEDED));
            LargeSets.load(a, 3);
            written = rows.write(folder, _ -> {});
            assertThat(rows.digests(_ -> {})).isEqualTo(digests);
            assertThat(written.digests()).isEqualTo(digests);
        }
        RocksStore b = store("b");
        b.replaceRows(sources(folder, written, false), POSITION, Optional.empty());

        assertThat(b.find(key(1_000_001))).isEmpty();
        assertThat(a.find(key(1_000_001))).isPresent();
        try (RowTables rows = b.frozenRows()) {
            assertThat(rows.digests(_ -> {})).isEqualTo(written.digests());
        }
        try (RowTables rows = a.frozenRows()) {
            assertThat(rows.digests(_ -> {})).isNotEqualTo(written.digests());
        }
    }

    @Test
    void a_digest_tells_of_one_row() throws Exception {
        RocksStore a = store("a");
        RocksStore b = store("b");
        SerialKey other = new SerialKey(TestChanges.issuer("other"), KEY.serial());
        for (RocksStore each : List.of(a, b)) {
            commit(each, declared(key(1)), declared(key(2)));
            commit(each, declared(other));
        }
        List<IssuerDigest> before = digests(b);
        assertThat(digests(a)).isEqualTo(before).hasSize(3);

        commit(b, revoked(other, RevocationReason.SUPERSEDED));

        List<IssuerDigest> now = digests(b);
        assertThat(now.subList(0, 2)).isEqualTo(before.subList(0, 2));
        assertThat(now.get(2).rows()).isEqualTo(1);
        assertThat(now.get(2).sha256()).isNotEqualTo(before.get(2).sha256());
    }

    private static List<IssuerDigest> digests(RocksStore store) {
        try (RowTables rows = store.frozenRows()) {
            return rows.digests(_ -> {});
        }
    }

    @Test
    void a_check_finds_the_same_digests_and_refuses_what_is_no_table() throws Exception {
        RocksStore a = filled("a");
        Path folder = Files.createDirectory(directory.resolve("tables"));
        RowTables.Written written;
        try (RowTables rows = a.frozenRows()) {
            written = rows.write(folder, _ -> {});
        }
        List<RowTables.Source> tables = sources(folder, written, false);

        assertThat(RowTables.check(tables, _ -> {})).isEqualTo(written);

        Files.write(tables.getLast().path(), new byte[100], StandardOpenOption.TRUNCATE_EXISTING);
        assertThatThrownBy(() -> RowTables.check(tables, _ -> {}))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(tables.getLast().file());
        RocksStore b = store("b");
        assertThatThrownBy(() -> b.replaceRows(tables, POSITION, Optional.empty()))
                .isInstanceOf(StoreException.class);
        assertThat(b.replica().position()).as("nothing was taken").isEmpty();
        assertThat(b.find(key(78))).isEmpty();
    }

    @Test
    void reading_ends_when_the_store_is_closed() throws Exception {
        RocksStore a = filled("a");
        try (RowTables rows = a.frozenRows()) {
            close();
            assertThatThrownBy(() -> rows.digests(_ -> {}))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("closed");
        }
    }

    @Test
    void an_empty_store_has_no_tables() throws Exception {
        RocksStore a = store("a");
        assertThat(write(a, false)).isEmpty();
        RocksStore b = store("b");
        commit(b, declared(KEY));

        b.replaceRows(List.of(), POSITION, Optional.empty());

        assertThat(b.find(KEY)).isEmpty();
        assertThat(b.replica().position()).contains(POSITION);
    }
}
