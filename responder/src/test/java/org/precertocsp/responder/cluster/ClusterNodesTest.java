package org.precertocsp.responder.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.precertocsp.responder.cluster.TestCluster.EDGE2;
import static org.precertocsp.responder.cluster.TestCluster.PATIENCE;
import static org.precertocsp.responder.cluster.TestRecords.A;
import static org.precertocsp.responder.cluster.TestRecords.B;
import static org.precertocsp.responder.cluster.TestRecords.EDGE;
import static org.precertocsp.responder.status.TestChanges.declared;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.revoked;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.cluster.TestCluster.Said;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.TestChanges;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;
import org.precertocsp.responder.store.StoreDump;

/// Two authorities and two edges with stores on disk: what a client is told while the log and the
/// nodes fail. The promises K1 to K9 are those of the overview of the package.
@Timeout(120)
final class ClusterNodesTest {
    private static final RevocationReason REASON = RevocationReason.KEY_COMPROMISE;
    private static final SerialKey SERIAL = key(0x8001);

    @TempDir private Path directory = Path.of("");

    private TestCluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new TestCluster(directory);
    }

    @AfterEach
    void stop() throws Exception {
        cluster.close();
    }

    private List<String> statusRows(String name) {
        return StoreDump.of(cluster.directory(name)).stream()
                .filter(line -> line.startsWith("status ") || line.startsWith("issuers "))
                .toList();
    }

    /// But for the position, which is stored when a node gets to it.
    private List<String> allRows(String name) {
        String position = ByteString.of("cluster position".getBytes(US_ASCII)).toHex();
        return StoreDump.of(cluster.directory(name)).stream()
                .filter(line -> !line.contains(position))
                .toList();
    }

    @Test
    void a_change_reaches_every_node_and_is_effective_soon() throws Exception {
        cluster.startAll();

        long assigned = cluster.commit(A, declared(SERIAL));
        cluster.authority(A).effective(assigned).get();
        assertThat(cluster.ask(EDGE, SERIAL)).isEqualTo(Said.GOOD);
        assertThat(cluster.ask(EDGE2, SERIAL)).isEqualTo(Said.GOOD);

        long start = System.nanoTime();
        long revoked = cluster.commit(A, revoked(SERIAL, REASON));
        cluster.authority(A).effective(revoked).get();

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("by reports, not by the end of leases")
                .isLessThan(TestCluster.STALENESS);
        assertThat(cluster.ask(EDGE, SERIAL)).isEqualTo(Said.REVOKED);
        assertThat(cluster.ask(EDGE2, SERIAL)).isEqualTo(Said.REVOKED);
    }

    @Test
    void nodes_at_one_sequence_have_identical_rows() throws Exception {
        cluster.startAll();
        for (int i = 0; i < 20; i++) {
            List<StatusChange> changes = new ArrayList<>();
            for (int j = 0; j < 30; j++) {
                changes.add(declared(key(1_000 * i + j)));
                changes.add(
                        i % 3 == 0
                                ? revoked(key(1_000 * i + j), REASON)
                                : declared(
                                        new SerialKey(
                                                TestChanges.issuer("issuer " + i),
                                                SERIAL.serial())));
            }
            cluster.commit(A, changes);
        }
        cluster.awaitAll(A);
        cluster.stopAll();

        List<String> rows = statusRows(A);
        assertThat(rows).hasSizeGreaterThan(600);
        assertThat(statusRows(B)).isEqualTo(rows);
        assertThat(statusRows(EDGE)).isEqualTo(rows);
        assertThat(statusRows(EDGE2)).isEqualTo(rows);
        assertThat(allRows(B)).as("a standby has everything").isEqualTo(allRows(A));
    }

    @Test
    void an_edge_that_is_cut_off_says_revoked_and_no_longer_good() throws Exception {
        cluster.startAll();
        SerialKey before = key(5);
        cluster.authority(A)
                .effective(cluster.commit(A, declared(SERIAL), revoked(before, REASON)))
                .get();
        cluster.cut(EDGE, true);

        long durable = cluster.commit(A, revoked(SERIAL, REASON));
        CompletableFuture<Long> effective = cluster.authority(A).effective(durable);
        assertThat(cluster.ask(EDGE, SERIAL)).as("its lease is young").isEqualTo(Said.GOOD);
        assertThat(effective).isNotDone();
        await().atMost(PATIENCE).until(() -> cluster.ask(EDGE2, SERIAL) == Said.REVOKED);
        effective.get();

        assertThat(cluster.ask(EDGE, SERIAL)).isEqualTo(Said.TRY_LATER);
        assertThat(cluster.ask(EDGE, key(77))).as("not assigned").isEqualTo(Said.TRY_LATER);
        assertThat(cluster.ask(EDGE, before)).isEqualTo(Said.REVOKED);
        cluster.cut(EDGE, false);
        await().atMost(PATIENCE).until(() -> cluster.edge(EDGE).lease().isValid());
        assertThat(cluster.ask(EDGE, SERIAL)).isEqualTo(Said.REVOKED);
        assertThat(cluster.ask(EDGE, key(77))).isEqualTo(Said.UNAUTHORIZED);
    }

    @Test
    void an_edge_that_starts_on_an_old_disk_says_good_of_nothing_that_was_revoked()
            throws Exception {
        cluster.startAll();
        cluster.commit(A, declared(SERIAL));
        cluster.awaitAll(A);
        cluster.stop(EDGE);
        TestFiles.copy(cluster.directory(EDGE), directory.resolve("old"));
        cluster.startEdge(EDGE);
        cluster.commit(A, revoked(SERIAL, REASON));
        await().atMost(PATIENCE).until(() -> cluster.ask(EDGE, SERIAL) == Said.REVOKED);

        cluster.stop(EDGE);
        TestFiles.replace(directory.resolve("old"), cluster.directory(EDGE));
        cluster.cut(EDGE, true);
        cluster.startEdge(EDGE);
        assertThat(cluster.store(EDGE).find(SERIAL)).isPresent();
        assertThat(cluster.ask(EDGE, SERIAL)).isEqualTo(Said.TRY_LATER);
        cluster.cut(EDGE, false);

        await().atMost(PATIENCE)
                .until(
                        () -> {
                            Said said = cluster.ask(EDGE, SERIAL);
                            assertThat(said).isNotEqualTo(Said.GOOD);
                            return said == Said.REVOKED;
                        });
    }

    @Test
    void an_authority_that_was_replaced_acknowledges_nothing() throws Exception {
        cluster.startAll();
        cluster.commit(A, declared(SERIAL));
        cluster.cut(A, true);
        CompletableFuture<Void> commit =
                CompletableFuture.runAsync(() -> cluster.commit(A, declared(key(66))));
        cluster.awaitActive(B);
        long revoked = cluster.commit(B, revoked(SERIAL, REASON));
        assertThatThrownBy(commit::get).hasCauseInstanceOf(StoreException.class);
        assertThatThrownBy(() -> cluster.commit(A, declared(key(67))))
                .isInstanceOf(StoreException.class);

        cluster.cut(A, false);
        cluster.awaitAll(B);

        assertThat(cluster.authority(A).isActive()).isFalse();
        assertThatThrownBy(() -> cluster.commit(A, declared(key(68))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("b takes changes");
        cluster.authority(B).effective(revoked).get();
        assertThat(cluster.ask(EDGE, SERIAL)).isEqualTo(Said.REVOKED);
        assertThat(cluster.store(A).find(key(66))).isEmpty();
    }

    @Test
    void a_change_that_was_lost_fails_and_the_next_one_succeeds() throws Exception {
        cluster.startAll();
        cluster.log(A).plan(FaultyLog.Fault.LOST);

        assertThatThrownBy(() -> cluster.commit(A, declared(SERIAL)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("nothing took effect");

        cluster.awaitActive(A);
        assertThat(cluster.store(A).find(SERIAL)).isEmpty();
        cluster.commit(A, declared(SERIAL));
        assertThat(cluster.store(A).find(SERIAL)).isPresent();
    }

    @Test
    void a_change_that_comes_after_it_was_given_up_counts_nowhere() throws Exception {
        cluster.startAll();
        cluster.log(A).plan(FaultyLog.Fault.LATE);
        assertThatThrownBy(() -> cluster.commit(A, declared(SERIAL)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("nothing took effect");

        cluster.log(A).arrive();
        cluster.awaitActive(A);
        cluster.commit(A, declared(key(7)));
        cluster.awaitAll(A);

        for (String name : List.of(A, B, EDGE, EDGE2)) {
            assertThat(cluster.store(name).find(SERIAL)).as(name).isEmpty();
            assertThat(cluster.store(name).find(key(7))).as(name).isPresent();
        }
    }

    @Test
    void a_change_of_which_only_the_acknowledgement_was_lost_is_durable() throws Exception {
        cluster.startAll();
        cluster.log(A).plan(FaultyLog.Fault.UNKNOWN, FaultyLog.Fault.DOUBLED);

        cluster.commit(A, declared(SERIAL));
        cluster.awaitActive(A);
        cluster.commit(A, declared(key(7)));

        cluster.awaitAll(A);
        assertThat(cluster.follower(EDGE).position().sequence()).isEqualTo(2);
        assertThat(cluster.store(EDGE).find(SERIAL)).isPresent();
    }

    @Test
    void a_large_set_takes_effect_whole() throws Exception {
        cluster.startAll();
        List<StatusChange> changes = new ArrayList<>();
        for (int i = 0; i < 150_000; i++) {
            changes.add(declared(key(0x1_0000_0000L + i)));
        }

        cluster.commit(A, changes);
        cluster.awaitAll(A);

        assertThat(cluster.follower(EDGE).position().sequence()).isEqualTo(1);
        cluster.stopAll();
        List<String> rows = statusRows(A);
        assertThat(rows).hasSize(150_001);
        assertThat(statusRows(EDGE)).isEqualTo(rows);
        assertThat(statusRows(B)).isEqualTo(rows);
    }

    @Test
    void a_change_that_a_slow_disk_takes_long_to_write_is_not_in_doubt() throws Exception {
        List<FailingStore> disk = new ArrayList<>();
        cluster.wrap(
                A,
                store -> {
                    disk.add(new FailingStore(store));
                    return disk.getLast();
                });
        cluster.startAll();
        disk.getLast().fail(FailingStore.Fault.SLOW);

        cluster.commit(A, declared(SERIAL));

        assertThat(cluster.store(A).find(SERIAL)).isPresent();
        assertThat(cluster.authority(A).isActive()).isTrue();
        assertThat(cluster.follower(A).position().epoch()).isEqualTo(1);
    }

    @Test
    void parts_without_their_seal_never_happened() throws Exception {
        cluster.startAll();
        List<StatusChange> changes = new ArrayList<>();
        for (int i = 0; i < 40_000; i++) {
            changes.add(declared(key(0x1_0000_0000L + i)));
        }
        cluster.log(A).plan(FaultyLog.Fault.NONE, FaultyLog.Fault.LOST);
        assertThatThrownBy(() -> cluster.commit(A, changes)).isInstanceOf(StoreException.class);
        cluster.awaitActive(A);

        cluster.commit(A, declared(SERIAL));
        cluster.awaitAll(A);

        assertThat(cluster.store(EDGE).find(key(0x1_0000_0000L))).isEmpty();
        assertThat(cluster.store(B).find(key(0x1_0000_0000L))).isEmpty();
        assertThat(cluster.store(EDGE).find(SERIAL)).isPresent();
    }

    @Test
    void an_authority_that_is_killed_is_replaced_and_comes_back_as_a_standby() throws Exception {
        cluster.startAll();
        cluster.commit(A, declared(SERIAL));
        cluster.stop(A);

        cluster.awaitActive(B);
        cluster.commit(B, revoked(SERIAL, REASON));
        cluster.startAuthority(A);
        cluster.awaitAll(B);

        assertThat(cluster.authority(A).holder()).contains(B);
        assertThat(cluster.ask(EDGE, SERIAL)).isEqualTo(Said.REVOKED);
        assertThat(cluster.store(A).find(SERIAL)).isEqualTo(cluster.store(B).find(SERIAL));
    }

    @Test
    void an_authority_alone_goes_on_after_a_restart_in_an_epoch_of_its_own() throws Exception {
        cluster.startAuthority(A, false);
        cluster.awaitActive(A);
        cluster.commit(A, declared(SERIAL));
        cluster.stop(A);

        cluster.startAuthority(A, false);
        cluster.awaitActive(A);

        assertThat(cluster.follower(A).position().epoch()).isEqualTo(2);
        assertThat(cluster.commit(A, revoked(SERIAL, REASON))).isEqualTo(2);
    }

    /// At its first start it knows the generation from the log, later from its store.
    @Test
    void an_authority_that_starts_waits_for_no_beat_but_the_first() throws Exception {
        cluster.interval(Duration.ofHours(1));

        cluster.startAuthority(A);
        cluster.awaitActive(A);
        cluster.commit(A, declared(SERIAL));
        cluster.stop(A);
        cluster.startAuthority(A);
        cluster.awaitActive(A);

        assertThat(cluster.follower(A).position().epoch()).isEqualTo(2);
    }

    @Test
    void an_edge_that_starts_reports_at_once() throws Exception {
        cluster.startAuthority(A);
        cluster.awaitActive(A);
        cluster.startEdge(EDGE);
        cluster.commit(A, declared(SERIAL));
        cluster.awaitAll(A);
        cluster.stop(EDGE);
        cluster.interval(Duration.ofHours(1));

        cluster.startEdge(EDGE);

        await().atMost(PATIENCE).until(() -> cluster.edge(EDGE).lease().isValid());
    }

    @Test
    void a_standby_waits_for_an_operator_if_so_configured() throws Exception {
        cluster.startAuthority(A);
        cluster.awaitActive(A);
        cluster.startAuthority(B, false);
        cluster.commit(A, declared(SERIAL));
        cluster.awaitAll(A);
        cluster.stop(A);
        await().during(Duration.ofSeconds(2))
                .atMost(PATIENCE)
                .until(() -> !cluster.authority(B).isActive());

        cluster.authority(B).order();

        cluster.awaitActive(B);
        cluster.commit(B, revoked(SERIAL, REASON));
    }

    @Test
    void a_set_begun_before_another_authority_took_over_is_not_appended() throws Exception {
        cluster.startAll();
        try (ChangeSet set =
                cluster.authority(A)
                        .tryBegin(TestChanges.source("open"), Duration.ZERO)
                        .orElseThrow()) {
            set.apply(declared(SERIAL));
            cluster.authority(B).order();
            cluster.awaitActive(B);
            await().atMost(PATIENCE).until(() -> !cluster.authority(A).isActive());
            long before = cluster.follower(A).position().sequence();

            assertThatThrownBy(set::commit)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("taken over");
            assertThat(cluster.follower(B).position().sequence()).isEqualTo(before);
        }
    }

    /// An edge is retired while it is cut off and has a lease.
    private void effectiveNotBefore(long change) throws Exception {
        CompletableFuture<Long> effective = cluster.authority(A).effective(change);
        await().atMost(PATIENCE).until(() -> cluster.ask(EDGE, SERIAL) == Said.REVOKED);
        effective.get();
        assertThat(cluster.ask(EDGE2, SERIAL)).isEqualTo(Said.TRY_LATER);
    }

    @Test
    void a_change_is_not_effective_while_a_retired_edge_has_a_lease() throws Exception {
        cluster.startAll();
        cluster.commit(A, declared(SERIAL));
        cluster.awaitAll(A);
        cluster.cut(EDGE2, true);

        cluster.reload(A, EDGE);
        cluster.reload(B, EDGE);
        long revoked = cluster.commit(A, revoked(SERIAL, REASON));
        effectiveNotBefore(revoked);

        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> {
                            long start = System.nanoTime();
                            cluster.authority(A)
                                    .effective(cluster.commit(A, declared(key(9))))
                                    .get();
                            assertThat(Duration.ofNanos(System.nanoTime() - start))
                                    .as("its lease has ended: nobody waits for it")
                                    .isLessThan(Duration.ofSeconds(1));
                        });
    }

    @Test
    void nor_after_a_restart_of_the_authority_that_retired_it() throws Exception {
        cluster.startAll();
        cluster.commit(A, declared(SERIAL));
        cluster.awaitAll(A);
        cluster.stop(B);
        cluster.cut(EDGE2, true);
        cluster.stop(A);
        cluster.configure(EDGE);
        cluster.startAuthority(A);
        cluster.awaitActive(A);

        effectiveNotBefore(cluster.commit(A, revoked(SERIAL, REASON)));
    }

    @Test
    void nor_while_another_authority_still_echoes_it() throws Exception {
        cluster.startAll();
        cluster.commit(A, declared(SERIAL));
        cluster.awaitAll(A);
        cluster.reload(A, EDGE);
        await().during(TestCluster.STALENESS.multipliedBy(2))
                .atMost(PATIENCE)
                .until(() -> cluster.edge(EDGE2).lease().isValid());
        cluster.cut(EDGE2, true);

        effectiveNotBefore(cluster.commit(A, revoked(SERIAL, REASON)));
    }

    @Test
    void an_edge_that_is_added_gets_a_lease_and_is_waited_for() throws Exception {
        cluster.configure(EDGE);
        cluster.startAll(EDGE);
        cluster.startEdge(EDGE2);
        long assigned = cluster.commit(A, declared(SERIAL));
        cluster.authority(A).effective(assigned).get();
        cluster.awaitAll(A);
        assertThat(cluster.ask(EDGE2, SERIAL)).isEqualTo(Said.TRY_LATER);

        cluster.reload(A, EDGE, EDGE2);

        await().atMost(PATIENCE).until(() -> cluster.ask(EDGE2, SERIAL) == Said.GOOD);
        cluster.cut(EDGE2, true);
        effectiveNotBefore(cluster.commit(A, revoked(SERIAL, REASON)));
    }

    private void commitAnywhere(StatusChange change) {
        String authority = cluster.commitSomewhere(change);
        cluster.authority(authority).effective(cluster.authority(authority).newest()).join();
    }

    @Test
    void nodes_go_on_without_a_restart_in_a_log_that_is_begun_anew() throws Exception {
        cluster.startAll();
        cluster.commit(A, declared(SERIAL));
        cluster.awaitAll(A);

        cluster.recoverFrom(A);
        commitAnywhere(revoked(SERIAL, REASON));

        for (String edge : List.of(EDGE, EDGE2)) {
            assertThat(cluster.follower(edge).position().generation()).isEqualTo(2);
            await().atMost(PATIENCE).until(() -> cluster.ask(edge, SERIAL) == Said.REVOKED);
            await().atMost(PATIENCE).until(() -> cluster.edge(edge).lease().isValid());
            assertThat(cluster.ask(edge, key(77))).isEqualTo(Said.UNAUTHORIZED);
        }
    }

    @Test
    void nodes_that_know_more_than_the_new_log_refuse_to_follow_it() throws Exception {
        cluster.startAll();
        cluster.commit(A, declared(SERIAL));
        cluster.awaitAll(A);
        cluster.cut(A, true);
        cluster.awaitActive(B);
        cluster.authority(B).effective(cluster.commit(B, revoked(SERIAL, REASON))).get();

        cluster.recoverFrom(A);

        for (String node : List.of(B, EDGE, EDGE2)) {
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(cluster.follower(node).state().stopped())
                                            .hasValueSatisfying(
                                                    why ->
                                                            assertThat(why)
                                                                    .startsWith("LOST_CHANGES")));
        }
        cluster.awaitActive(A);
        cluster.authority(A).effective(cluster.commit(A, declared(key(7)))).get();
        assertThat(cluster.ask(EDGE, SERIAL)).isEqualTo(Said.REVOKED);
        assertThat(cluster.ask(EDGE, key(7))).isEqualTo(Said.TRY_LATER);
    }

    @Test
    void a_node_that_was_down_meanwhile_reads_the_new_log_from_its_start() throws Exception {
        cluster.startAll();
        cluster.commit(A, declared(SERIAL));
        cluster.awaitAll(A);
        cluster.stop(EDGE2);
        long before = cluster.status.tail(0, Duration.ZERO).end();

        cluster.recoverFrom(A);
        commitAnywhere(revoked(SERIAL, REASON));
        await().atMost(PATIENCE)
                .until(() -> cluster.status.tail(0, Duration.ZERO).end() > before + 10);
        cluster.startEdge(EDGE2);

        await().atMost(PATIENCE).until(() -> cluster.ask(EDGE2, SERIAL) == Said.REVOKED);
        await().atMost(PATIENCE).until(() -> cluster.edge(EDGE2).lease().isValid());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_node_whose_offset_is_one_of_the_new_log_reads_it_from_its_start(boolean knowsItsLog)
            throws Exception {
        cluster.startAll();
        cluster.commit(A, declared(SERIAL));
        cluster.awaitAll(A);
        ByteString position = cluster.store(EDGE2).replicaPosition().orElseThrow();
        long offset = SnapshotPosition.of(position).offset();
        cluster.stop(EDGE2);
        if (!knowsItsLog) {
            forgetLog(EDGE2);
        }
        // Of an epoch that the edge still believes in: it counts where nobody has claimed another.
        cluster.log(A).plan(FaultyLog.Fault.LATE);
        assertThatThrownBy(() -> cluster.commit(A, declared(key(7))));
        cluster.stop(B);
        cluster.stop(EDGE);
        cluster.cut(A, true);

        cluster.status.lose();
        cluster.beginAnew(A);
        while (cluster.status.tail(0, Duration.ZERO).end() < offset) {
            cluster.status.append(TestRecords.bytes("nothing"));
        }
        cluster.log(A).arrive();
        cluster.startEdge(EDGE2);
        cluster.cut(A, false);
        await().atMost(PATIENCE).until(() -> cluster.follower(A).position().generation() == 2);
        commitAnywhere(revoked(SERIAL, REASON));

        await().atMost(PATIENCE).until(() -> cluster.ask(EDGE2, SERIAL) == Said.REVOKED);
        await().atMost(PATIENCE).until(() -> cluster.edge(EDGE2).lease().isValid());
        assertThat(cluster.ask(EDGE2, key(7))).as("counts nowhere").isEqualTo(Said.UNAUTHORIZED);
    }

    /// As if an earlier version had stored the position.
    private void forgetLog(String node) throws Exception {
        try (RocksStore store =
                RocksStore.open(new StoreConfig(cluster.directory(node), 8 << 20))) {
            StoredPosition has = StoredPosition.decode(store.replicaPosition().orElseThrow());
            assertThat(has.logId()).isPresent();
            store.answeringReplica()
                    .keepPosition(
                            new StoredPosition(has.at(), Optional.empty(), has.offset()).encode());
        }
    }

    @Test
    void nobody_reads_a_log_that_replaces_theirs_and_does_not_continue_it() throws Exception {
        cluster.startAll();
        commitAnywhere(declared(SERIAL));
        cluster.awaitAll(A);
        long end = cluster.status.tail(0, Duration.ZERO).end();
        for (String node : List.of(A, B, EDGE, EDGE2)) {
            cluster.cut(node, true);
        }

        cluster.status.lose();
        cluster.status.append(FirstRecord.signed(B, TestRecords.B_KEY.getPrivate()));
        while (cluster.status.tail(0, Duration.ZERO).end() < 2 * end) {
            cluster.status.append(TestRecords.bytes("nothing"));
        }
        for (String node : List.of(A, B, EDGE, EDGE2)) {
            cluster.cut(node, false);
        }

        for (String node : List.of(A, B, EDGE, EDGE2)) {
            await().atMost(PATIENCE).until(() -> cluster.follower(node).isLost());
        }
        await().atMost(PATIENCE).until(() -> cluster.ask(EDGE, SERIAL) == Said.TRY_LATER);
        assertThat(cluster.follower(EDGE).problem())
                .hasValueSatisfying(why -> assertThat(why).contains("cluster recover"));
    }

    @Test
    void nobody_goes_on_in_a_log_that_has_lost_what_was_read() throws Exception {
        cluster.startAll();
        commitAnywhere(declared(SERIAL));
        cluster.awaitAll(A);

        cluster.status.lose();

        await().atMost(PATIENCE)
                .until(
                        () ->
                                cluster.follower(A).isLost()
                                        && cluster.follower(B).isLost()
                                        && cluster.follower(EDGE).isLost());
        long strays = cluster.status.tail(0, Duration.ZERO).end();
        assertThatThrownBy(() -> cluster.commit(A, declared(key(8))))
                .hasMessageContaining("lost records");
        await().atMost(PATIENCE).until(() -> cluster.ask(EDGE, SERIAL) == Said.TRY_LATER);
        assertThat(cluster.status.tail(0, Duration.ZERO).end()).isLessThanOrEqualTo(strays + 1);
        assertThat(cluster.follower(B).problem())
                .hasValueSatisfying(why -> assertThat(why).contains("cluster recover"));

        cluster.beginAnew(A);
        commitAnywhere(revoked(SERIAL, REASON));
        await().atMost(PATIENCE).until(() -> cluster.ask(EDGE, SERIAL) == Said.REVOKED);
        await().atMost(PATIENCE).until(() -> cluster.edge(EDGE).lease().isValid());
    }
}
