package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterSummary.AuthorityState;
import org.precertocsp.responder.cluster.ClusterSummary.EdgeState;
import org.precertocsp.responder.cluster.ClusterSummary.State;

/// What an operator reads about a cluster from its log alone.
final class ClusterSummaryTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private record Appended(long offset, ByteString record) {}

    private final List<Appended> log = new ArrayList<>();

    /// One record each second.
    private void append(ByteString record) {
        log.add(new Appended(log.size(), record));
    }

    private static ClusterSummary summary() {
        return new ClusterSummary(
                SignedRecords.cluster(
                        new ClusterConfig.Kafka(
                                List.of("localhost:9"), Optional.empty(), "p", Optional.empty())));
    }

    /// At that second. The order in which records are read must not matter.
    private State stateAt(int second) {
        ClusterSummary forwards = summary();
        ClusterSummary backwards = summary();
        log.forEach(it -> add(forwards, it));
        List<Appended> reversed = new ArrayList<>(log);
        Collections.reverse(reversed);
        reversed.forEach(it -> add(backwards, it));
        State state = forwards.state(START.plusSeconds(second), SILENCE);
        assertThat(backwards.state(START.plusSeconds(second), SILENCE)).isEqualTo(state);
        return state;
    }

    private static void add(ClusterSummary summary, Appended it) {
        summary.add(it.offset(), START.plusSeconds(it.offset()), it.record());
    }

    @Test
    void nobody_holds_an_empty_log() {
        State state = stateAt(0);

        assertThat(state.holder()).isEmpty();
        assertThat(state.problems())
                .containsExactly(
                        "no authority has ever claimed: start one, or look at its log",
                        "authority a is silent: none of its records was found",
                        "authority b is silent: none of its records was found",
                        "edge fra1 is silent: none of its records was found");
    }

    @Test
    void a_cluster_at_work_has_no_problems() {
        append(SignedRecords.claim("a", 1));
        append(SignedRecords.change("a", 1, 1));
        append(SignedRecords.report(1, 7));
        append(SignedRecords.beat("a", 1, 7));
        append(SignedRecords.beat("b", 1, 7));

        assertThat(stateAt(5))
                .isEqualTo(
                        new State(
                                1,
                                1,
                                Optional.of("a"),
                                1,
                                List.of(
                                        new AuthorityState("a", true, seconds(2), 1),
                                        new AuthorityState("b", false, seconds(1), 1)),
                                List.of(new EdgeState("fra1", seconds(3), 1, 0, seconds(3))),
                                Optional.empty(),
                                0,
                                0,
                                List.of()));
    }

    private static Optional<Duration> seconds(int age) {
        return Optional.of(Duration.ofSeconds(age));
    }

    @Test
    void of_two_claims_of_one_epoch_the_first_counts_and_a_later_epoch_replaces_it() {
        append(SignedRecords.claim("b", 1));
        append(SignedRecords.claim("a", 1));
        assertThat(stateAt(2).holder()).contains("b");

        append(SignedRecords.claim("a", 2));
        append(SignedRecords.change("b", 1, 9));
        assertThat(stateAt(4).holder()).contains("a");
        assertThat(stateAt(4).epoch()).isEqualTo(2);
    }

    @Test
    void an_edge_that_is_behind_shows_its_lag_and_the_age_of_its_lease() {
        append(SignedRecords.claim("a", 1));
        append(SignedRecords.report(3, 1));
        append(SignedRecords.beat("a", 3, 1));
        append(SignedRecords.report(4, 2));
        append(SignedRecords.beat("a", 9, 1));

        assertThat(stateAt(5).edges())
                .containsExactly(new EdgeState("fra1", seconds(2), 4, 5, seconds(4)));
    }

    @Test
    void nodes_that_are_silent_and_leases_that_lapsed_are_problems() {
        append(SignedRecords.claim("a", 1));
        append(SignedRecords.report(0, 1));
        append(SignedRecords.beat("b", 0, 1));
        append(SignedRecords.beat("a", 0, 1));

        assertThat(stateAt(13).problems())
                .containsExactly(
                        "authority b is silent since 11 s", "edge fra1 is silent since 12 s");
        append(SignedRecords.report(0, 2));
        assertThat(stateAt(5).problems()).isEmpty();
        log.subList(1, 4).clear();
        assertThat(stateAt(5).problems())
                .contains("edge fra1 has no lease: it says good of nothing");
    }

    @Test
    void forged_records_change_nothing_and_are_counted() {
        append(SignedRecords.claim("a", 1));
        State before = stateAt(1);
        byte[] forged = SignedRecords.claim("b", 2).toArray();
        forged[forged.length - 1] ^= 1;
        append(ByteString.of(forged));
        append(ByteString.of());

        State state = stateAt(1);
        assertThat(state.holder()).isEqualTo(before.holder());
        assertThat(state.epoch()).isEqualTo(1);
        assertThat(state.forged()).isEqualTo(2);
        assertThat(state.problems()).anyMatch(it -> it.startsWith("2 of the records read"));
    }
}
