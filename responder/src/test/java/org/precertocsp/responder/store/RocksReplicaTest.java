package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.responder.status.TestChanges.KEY;
import static org.precertocsp.responder.status.TestChanges.declared;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.revoked;
import static org.precertocsp.responder.status.TestChanges.sha256;
import static org.precertocsp.responder.status.TestChanges.source;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.CommitMark;
import org.precertocsp.responder.status.ReplicatedStore;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.status.StoredRow;
import org.precertocsp.responder.status.TestChanges;

/// Rows prepared by one store and written by several: each becomes what a store is that commits the
/// same sets by itself.
final class RocksReplicaTest {
    /// A set of ten rows is large.
    private static final StoreLimits TABLES =
            new StoreLimits(1_000_000, Duration.ofSeconds(10), new BulkLimits(10, 500, 100));

    private static final StoreLimits BATCHES =
            new StoreLimits(1_000_000, Duration.ofSeconds(10), BulkLimits.USUAL);

    @TempDir private Path directory = Path.of("");

    private final List<RocksStore> open = new ArrayList<>();

    private RocksStore store(String name, StoreLimits limits) throws StoreLockedException {
        RocksStore store = RocksStore.open(config(name), limits);
        open.add(store);
        return store;
    }

    private StoreConfig config(String name) {
        return new StoreConfig(directory.resolve(name), 8 << 20);
    }

    @AfterEach
    void close() {
        open.forEach(RocksStore::close);
    }

    private static ByteString position(int number) {
        return ByteString.of(("position " + number).getBytes(StandardCharsets.US_ASCII));
    }

    private static List<StoredRow> prepare(
            ReplicatedStore store, String name, List<StatusChange> changes) {
        try (ReplicatedStore.RowSet set =
                store.tryBegin(source(name), Duration.ZERO).orElseThrow()) {
            set.applyAll(changes);
            List<StoredRow> rows = new ArrayList<>();
            Iterator<StoredRow> prepared = set.prepare();
            prepared.forEachRemaining(rows::add);
            return rows;
        }
    }

    private static void write(ReplicatedStore store, List<StoredRow> rows, int position) {
        try (ReplicatedStore.RowBatch batch = store.newBatch()) {
            rows.forEach(row -> batch.add(row, false));
            batch.write(position(position));
        }
        assertThat(store.position()).contains(position(position));
    }

    private static List<String> dump(RocksDatabase database, ColumnFamily... families) {
        List<String> lines = new ArrayList<>();
        database.onSnapshot(
                view -> {
                    for (ColumnFamily family : families) {
                        view.scan(
                                family,
                                new byte[0],
                                (key, value) ->
                                        lines.add(
                                                "%s %s %s"
                                                        .formatted(
                                                                family,
                                                                ByteString.of(key),
                                                                ByteString.of(value))));
                    }
                    return true;
                });
        return lines;
    }

    private List<String> dump(String name, ColumnFamily... families) {
        try (RocksDatabase database = new StoreOpener(config(name)).readOnly()) {
            return dump(database, families);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void every_store_becomes_what_a_single_one_is(boolean tables) throws Exception {
        StoreLimits limits = tables ? TABLES : BATCHES;
        RocksStore single = store("single", limits);
        RocksStore active = store("active", limits);
        RocksStore standby = store("standby", limits);
        RocksStore edge = store("edge", limits);
        active.renewals().presign(TestChanges.ISSUER, PresignMode.ALL);
        standby.renewals().presign(TestChanges.ISSUER, PresignMode.ALL);
        ReplicatedStore a = active.replica(limits.bulk());
        ReplicatedStore b = standby.replica(limits.bulk());
        ReplicatedStore e = edge.answeringReplica();
        for (int set = 0; set < 3; set++) {
            LargeSets.load(single, set);
            List<StoredRow> rows = prepare(a, "set " + set, LargeSets.changes(set));
            assertThat(rows).doesNotHaveDuplicates();
            for (ReplicatedStore each : List.of(a, b, e)) {
                write(each, rows, set);
            }
        }
        close();
        open.clear();

        ColumnFamily[] all = {
            ColumnFamily.STATUS,
            ColumnFamily.EVIDENCE,
            ColumnFamily.CONFLICTS,
            ColumnFamily.HISTORY,
            ColumnFamily.SOURCES,
            ColumnFamily.ISSUERS
        };
        List<String> expected = dump("single", all);
        assertThat(expected).hasSizeGreaterThan(5 * LargeSets.SERIALS);
        assertThat(dump("active", all)).isEqualTo(expected);
        assertThat(dump("standby", all)).isEqualTo(expected);
        assertThat(dump("standby", ColumnFamily.META)).isEqualTo(dump("active", ColumnFamily.META));
        // A serial that is assigned and revoked in one set needs one renewal, not two.
        List<String> renewals = dump("single", ColumnFamily.RENEWALS);
        assertThat(dump("active", ColumnFamily.RENEWALS))
                .isEqualTo(dump("standby", ColumnFamily.RENEWALS))
                .isSubsetOf(renewals)
                .extracting(RocksReplicaTest::serialOfRenewal)
                .containsOnlyOnceElementsOf(
                        renewals.stream().map(RocksReplicaTest::serialOfRenewal).toList());
        assertThat(dump("edge", ColumnFamily.STATUS, ColumnFamily.ISSUERS))
                .isEqualTo(dump("single", ColumnFamily.STATUS, ColumnFamily.ISSUERS));
        assertThat(dump("edge", ColumnFamily.HISTORY, ColumnFamily.EVIDENCE, ColumnFamily.SOURCES))
                .isEmpty();
    }

    /// After issuer, lane and set; before the form.
    private static String serialOfRenewal(String line) {
        String key = line.split(" ", -1)[1];
        return key.substring(14, key.length() - 2) + " of set " + key.substring(6, 14);
    }

    @Test
    void preparing_writes_nothing_and_lets_the_next_set_begin() throws Exception {
        RocksStore store = store("a", BATCHES);

        prepare(store.replica(), "first", List.of(declared(KEY)));

        assertThat(store.find(KEY)).isEmpty();
        assertThat(store.replica().position()).isEmpty();
        assertThat(prepare(store.replica(), "second", List.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answers_kept_before_the_rows_were_written_are_out_of_date(boolean edge) throws Exception {
        RocksStore active = store("active", BATCHES);
        RocksStore other = store("other", BATCHES);
        ReplicatedStore replica = edge ? other.answeringReplica() : other.replica();
        SerialKey revoked = key(1);
        SerialKey untouched = key(2);
        List<StoredRow> rows =
                prepare(active.replica(), "a", List.of(declared(revoked), declared(untouched)));
        ChangeEpochs.Mark before = other.epochs().mark(revoked);
        write(replica, rows, 1);
        assertThat(before.isCurrent()).as("of an issuer that was new").isFalse();
        write(active.replica(), rows, 1);

        rows =
                prepare(
                        active.replica(),
                        "b",
                        List.of(revoked(revoked, RevocationReason.KEY_COMPROMISE)));
        ChangeEpochs.Mark stale = other.epochs().mark(revoked);
        ChangeEpochs.Mark current = other.epochs().mark(untouched);
        write(replica, rows, 2);

        assertThat(stale.isCurrent()).isFalse();
        assertThat(current.isCurrent()).isTrue();
        assertThat(other.find(revoked)).isEqualTo(Optional.of(revokedIn(active, rows, revoked)));
    }

    private static Object revokedIn(RocksStore active, List<StoredRow> rows, SerialKey key) {
        write(active.replica(), rows, 2);
        return active.find(key).orElseThrow();
    }

    @Test
    void the_mark_of_an_audit_log_is_written_on_its_own_node_alone() throws Exception {
        RocksStore active = store("active", BATCHES);
        RocksStore standby = store("standby", BATCHES);
        CommitMark mark = new CommitMark(5, sha256("mark"));
        List<StoredRow> rows = new ArrayList<>();
        try (ReplicatedStore.RowSet set =
                active.replica().tryBegin(source("a"), Duration.ZERO).orElseThrow()) {
            set.apply(declared(KEY));
            set.put(new StateKey.NewestCommit(), mark);
            set.prepare().forEachRemaining(rows::add);
        }
        try (ReplicatedStore.RowBatch batch = active.replica().newBatch()) {
            rows.forEach(row -> batch.add(row, true));
            batch.write(position(1));
        }
        write(standby.replica(), rows, 1);

        assertThat(active.commitMark()).contains(mark);
        assertThat(standby.commitMark()).isEmpty();
        assertThat(standby.find(KEY)).isPresent();
    }

    @Test
    void a_store_that_was_replicated_to_goes_on_numbering_where_the_other_was() throws Exception {
        RocksStore active = store("active", BATCHES);
        RocksStore standby = store("standby", BATCHES);
        List<StoredRow> rows = prepare(active.replica(), "a", List.of(declared(KEY)));
        write(standby.replica(), rows, 1);
        SerialKey another = new SerialKey(TestChanges.issuer("another"), KEY.serial());

        write(standby.replica(), prepare(standby.replica(), "b", List.of(declared(another))), 2);

        assertThat(standby.find(KEY)).isPresent();
        assertThat(standby.find(another)).isPresent();
        assertThat(standby.dossier(another).evidence())
                .extracting(evidence -> evidence.source().name())
                .containsExactly("b");
        assertThat(standby.dossier(KEY).evidence())
                .extracting(evidence -> evidence.source().name())
                .containsExactly("a");
    }

    @Test
    void position_and_rows_survive_together() throws Exception {
        RocksStore active = store("active", BATCHES);
        List<StoredRow> rows = prepare(active.replica(), "a", List.of(declared(KEY)));
        write(active.replica(), rows, 1);
        active.replica().keepPosition(position(2));
        active.close();
        open.clear();

        RocksStore again = store("active", BATCHES);

        assertThat(again.replica().position()).contains(position(2));
        assertThat(again.find(KEY)).isPresent();
    }

    @Test
    void a_batch_that_is_closed_changes_nothing() throws Exception {
        RocksStore store = store("a", TABLES);
        List<StoredRow> rows = prepare(store.replica(), "a", LargeSets.changes(0));
        try (ReplicatedStore.RowBatch batch = store.replica(TABLES.bulk()).newBatch()) {
            rows.forEach(row -> batch.add(row, true));
            assertThat(batch.size()).isEqualTo(rows.size());
        }

        assertThat(store.replica().position()).isEmpty();
        assertThat(store.serials(TestChanges.ISSUER, Optional.empty(), 1)).isEmpty();
        assertThat(directory.resolve("a/bulk")).isEmptyDirectory();
    }

    @Test
    void a_row_that_is_none_of_a_store_is_not_written() throws Exception {
        RocksStore store = store("a", BATCHES);
        StoredRow noValue =
                new StoredRow(
                        StoredRow.Family.STATUS,
                        ByteString.ofHex("000101"),
                        Optional.of(ByteString.of()));
        try (ReplicatedStore.RowBatch batch = store.replica().newBatch();
                ChangeSet other = store.begin(source("meanwhile"))) {
            assertThat(other.find(KEY)).isEmpty();
            assertThatThrownBy(() -> batch.add(noValue, false)).isInstanceOf(StoreException.class);
        }
    }

    @Test
    void families_have_the_codes_of_the_store() {
        for (StoredRow.Family family : StoredRow.Family.values()) {
            assertThat(ColumnFamily.ofCode((byte) family.code()).name()).isEqualTo(family.name());
        }
    }
}
