package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.precertocsp.responder.cluster.TestCluster.EDGE2;
import static org.precertocsp.responder.cluster.TestCluster.PATIENCE;
import static org.precertocsp.responder.cluster.TestRecords.A;
import static org.precertocsp.responder.cluster.TestRecords.B;
import static org.precertocsp.responder.cluster.TestRecords.DIGEST;
import static org.precertocsp.responder.cluster.TestRecords.EDGE;
import static org.precertocsp.responder.status.TestChanges.declared;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.revoked;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.alert.FakeAlarm;
import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.cluster.ClusterRecord.RowDigests;
import org.precertocsp.responder.cluster.RowComparison.Compared;
import org.precertocsp.responder.status.FrozenRows.IssuerDigest;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.TestChanges;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StatusRowRemoval;

/// That nodes at one sequence hold the same rows (K7) is not believed, but looked at.
@Timeout(120)
final class RowScrubTest {
    private static final ByteString OTHER = ByteString.ofHex("d2".repeat(32));

    @TempDir private Path directory = Path.of("");

    private static RowDigests digests(String node, long sequence, IssuerDigest... issuers) {
        return new RowDigests(node, 1, sequence, List.of(issuers));
    }

    private static IssuerDigest issuer(int number, ByteString sha256) {
        return new IssuerDigest(number, 3, sha256);
    }

    @Test
    void a_node_with_one_bit_that_differs_is_found_and_no_other() throws Exception {
        try (TestCluster cluster = new TestCluster(directory)) {
            cluster.startAll();
            SerialKey another = new SerialKey(TestChanges.issuer("another"), key(1).serial());
            cluster.commit(A, declared(key(1)), declared(key(2)), declared(another));
            cluster.commit(A, revoked(key(2), RevocationReason.SUPERSEDED));
            cluster.awaitAll(A);
            cluster.stop(EDGE);
            StatusRowRemoval.flip(cluster.directory(EDGE), BigInteger.TWO);
            cluster.startEdge(EDGE);

            RowComparison rows = cluster.authority(A).rows();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(rows.newest().get(EDGE))
                                            .isEqualTo(new Compared(2, List.of(1))));
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> {
                                for (String node : List.of(B, EDGE2)) {
                                    assertThat(rows.newest().get(node))
                                            .as(node)
                                            .isEqualTo(new Compared(2, List.of()));
                                }
                            });
            // Also while changes come, and by the standby.
            for (int i = 0; i < 50; i++) {
                cluster.commit(A, declared(key(100 + i)));
            }
            RowComparison atStandby = cluster.authority(B).rows();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> {
                                assertThat(atStandby.newest().get(EDGE))
                                        .isEqualTo(new Compared(52, List.of(1)));
                                assertThat(atStandby.newest().get(EDGE2))
                                        .isEqualTo(new Compared(52, List.of()));
                                assertThat(atStandby.newest().get(A))
                                        .isEqualTo(new Compared(52, List.of()));
                            });
        }
    }

    @Test
    void a_missing_row_and_a_missing_issuer_differ() {
        RowComparison rows = new RowComparison(A);
        rows.add(digests(A, 7, issuer(0, DIGEST), issuer(1, DIGEST), issuer(2, DIGEST)));
        rows.add(digests(EDGE, 7, issuer(0, DIGEST), new IssuerDigest(1, 2, OTHER)));
        assertThat(rows.newest()).containsOnly(Map.entry(EDGE, new Compared(7, List.of(1, 2))));
    }

    @Test
    void rows_are_compared_at_one_change_only_whoever_comes_first() {
        RowComparison rows = new RowComparison(A);
        rows.add(digests(EDGE, 7, issuer(1, OTHER)));
        rows.add(digests(A, 6, issuer(1, DIGEST)));
        assertThat(rows.newest()).as("at different changes").isEmpty();
        rows.add(new RowDigests(EDGE, 2, 6, List.of(issuer(1, OTHER))));
        assertThat(rows.newest()).as("of different generations").isEmpty();
        rows.add(digests(EDGE, 8, issuer(1, DIGEST)));
        rows.add(digests(A, 8, issuer(1, DIGEST)));
        assertThat(rows.newest().get(EDGE)).isEqualTo(new Compared(8, List.of()));
        rows.add(digests(A, 9, issuer(1, DIGEST)));
        rows.add(digests(A, 10, issuer(1, DIGEST)));
        rows.add(digests(EDGE, 9, issuer(1, OTHER)));
        assertThat(rows.newest().get(EDGE)).isEqualTo(new Compared(9, List.of(1)));
    }

    @Test
    void a_difference_is_an_alert_until_it_is_gone() {
        FakeAlarm alarm = new FakeAlarm();
        RowComparison rows = new RowComparison(A);
        rows.add(digests(A, 7, issuer(1, DIGEST)));
        rows.add(digests(EDGE, 7, issuer(1, OTHER)));
        rows.add(digests(EDGE2, 7, issuer(1, DIGEST)));
        rows.look(alarm);
        assertThat(alarm.open()).containsExactly("CLUSTER_ROWS_DIFFER fra1");

        rows.add(digests(A, 8, issuer(1, DIGEST)));
        rows.look(alarm);
        assertThat(alarm.open()).as("not compared again").isNotEmpty();
        rows.add(digests(EDGE, 8, issuer(1, DIGEST)));
        rows.look(alarm);
        assertThat(alarm.open()).isEmpty();
    }

    @Test
    void rows_are_read_at_the_first_beat_of_a_period_by_the_holder() {
        try (RocksStore store = RocksStore.openTemporary(8 << 20)) {
            RowScrub scrub =
                    new RowScrub(
                            TestRecords.signer(A),
                            new InMemoryStatusLog(),
                            store.replica(),
                            Duration.ofDays(1));
            ReaderPosition at =
                    new ReaderPosition(1, 1, Optional.of(A), 5, DIGEST, Optional.empty());
            Instant evening = Instant.parse("2027-01-15T23:59:59Z");
            Instant morning = Instant.parse("2027-01-16T00:00:00Z");

            assertThat(scrub.isDue(at, beat(A, evening))).as("the day has begun before").isFalse();
            assertThat(scrub.isDue(at, beat(B, morning))).as("a standby's").isFalse();
            assertThat(scrub.isDue(at, beat(A, morning))).isTrue();
            assertThat(scrub.isDue(at, beat(B, evening))).isFalse();
            assertThat(scrub.isDue(at, beat(A, morning.plusSeconds(1)))).isFalse();
            assertThat(scrub.isDue(at, beat(A, morning.plus(Duration.ofDays(1))))).isTrue();
        }
    }

    private static Beat beat(String writer, Instant time) {
        return new Beat(writer, 1, 5, DIGEST, time, List.of());
    }

    @Test
    void issuers_beyond_the_limit_are_digested_together() {
        List<IssuerDigest> all =
                List.of(issuer(0, DIGEST), issuer(1, DIGEST), issuer(5, DIGEST), issuer(9, OTHER));

        assertThat(RowScrub.atMost(all, 4)).isEqualTo(all);
        List<IssuerDigest> few = RowScrub.atMost(all, 3);
        assertThat(few).hasSize(3).startsWith(all.get(0), all.get(1));
        assertThat(few.get(2).issuer()).isEqualTo(5);
        assertThat(few.get(2).rows()).isEqualTo(6);
        assertThat(
                        RowScrub.atMost(
                                        List.of(
                                                all.get(0),
                                                all.get(1),
                                                all.get(2),
                                                issuer(9, DIGEST)),
                                        3)
                                .get(2)
                                .sha256())
                .isNotEqualTo(few.get(2).sha256());
    }
}
