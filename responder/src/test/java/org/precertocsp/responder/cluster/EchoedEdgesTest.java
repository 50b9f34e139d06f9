package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Which edges may have a lease although the roster does not have them.
final class EchoedEdgesTest {
    private static final Duration LASTING = Duration.ofSeconds(31);
    private static final long NOW = Duration.ofHours(5).toNanos();
    private static final Set<String> ROSTER = Set.of("fra1");

    @Test
    void an_edge_beside_the_roster_counts_for_as_long_as_a_lease_may_last() {
        EchoedEdges edges = new EchoedEdges();
        edges.read("fra1", NOW);
        assertThat(edges.isAnyBeside(ROSTER, NOW, LASTING)).isFalse();

        edges.read("iad1", NOW);

        assertThat(edges.isAnyBeside(ROSTER, NOW + LASTING.toNanos() - 1, LASTING)).isTrue();
        assertThat(edges.isAnyBeside(ROSTER, NOW + LASTING.toNanos(), LASTING)).isFalse();
    }

    @Test
    void each_echo_counts_anew() {
        EchoedEdges edges = new EchoedEdges();
        edges.read("iad1", NOW);
        edges.read("iad1", NOW + LASTING.toNanos() - 1);

        assertThat(edges.isAnyBeside(ROSTER, NOW + LASTING.toNanos(), LASTING)).isTrue();
    }

    @Test
    void the_next_process_knows_the_roster_and_those_beside_it() {
        EchoedEdges before = new EchoedEdges();
        before.read("iad1", NOW);

        EchoedEdges edges =
                EchoedEdges.ofEarlierProcess(Optional.of(before.note(ROSTER)), true, NOW);

        assertThat(edges.isAnyBeside(Set.of("fra1", "iad1"), NOW, LASTING)).isFalse();
        assertThat(edges.isAnyBeside(Set.of("iad1"), NOW, LASTING)).isTrue();
        assertThat(edges.isAnyBeside(Set.of("fra1"), NOW, LASTING)).isTrue();
    }

    @Test
    void a_process_that_has_read_and_not_noted_must_expect_any_edge() {
        assertThat(
                        EchoedEdges.ofEarlierProcess(Optional.empty(), true, NOW)
                                .isAnyBeside(ROSTER, NOW, LASTING))
                .isTrue();
        assertThat(
                        EchoedEdges.ofEarlierProcess(Optional.empty(), false, NOW)
                                .isAnyBeside(ROSTER, NOW, LASTING))
                .isFalse();
        assertThat(
                        EchoedEdges.ofEarlierProcess(
                                        Optional.of(new EchoedEdges().note(Set.of())), true, NOW)
                                .isAnyBeside(ROSTER, NOW, LASTING))
                .as("there were none")
                .isFalse();
    }
}
