package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.cluster.TestRecords.nonce;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.precertocsp.responder.cluster.ClusterRecord.Echo;
import org.precertocsp.responder.cluster.ClusterRecord.Report;
import org.precertocsp.responder.cluster.EdgeReports.DurableChange;

/// When a change is effective, and which nonces are echoed.
final class EdgeReportsTest {
    private static final ClusterRules RULES = ClusterRules.CONTRACT;
    private static final Duration S = Duration.ofMinutes(15);
    private static final EdgeReports NONE = EdgeReports.none(Set.of("fra1", "iad1"));
    private static final DurableChange CHANGE =
            new DurableChange(2, 7, 0, Duration.ofHours(1).toNanos());

    private static Report report(String edge, long generation, long sequence) {
        return new Report(edge, generation, sequence, nonce((int) sequence));
    }

    @ParameterizedTest(name = "fra1 at {0}/{1}, iad1 at {2}/{3}: {4}")
    @CsvSource({
        "2, 7, 2, 7, true",
        "2, 9, 2, 7, true",
        "2, 7, 2, 6, false",
        "2, 6, 2, 7, false",
        "1, 9, 2, 7, false",
        "2, 7, 3, 9, false"
    })
    void all_edges_have_reported_it(
            long generation1, long sequence1, long generation2, long sequence2, boolean effective) {
        EdgeReports reports =
                NONE.with(report("fra1", generation1, sequence1))
                        .with(report("iad1", generation2, sequence2));
        assertThat(reports.isEffective(RULES, CHANGE, CHANGE.durableNanos(), S))
                .isEqualTo(effective);
    }

    @Test
    void an_edge_that_has_not_reported_delays_it_by_a_lease_and_a_second() {
        EdgeReports reports = NONE.with(report("fra1", 2, 7));
        long end = CHANGE.durableNanos() + S.plusSeconds(1).toNanos();

        assertThat(reports.isEffective(RULES, CHANGE, end - 1, S)).isFalse();
        assertThat(reports.isEffective(RULES, CHANGE, end, S)).isTrue();
    }

    @Test
    void nobody_waits_for_edges_that_are_not_on_the_roster() {
        assertThat(NONE.with(report("sin1", 2, 1))).isEqualTo(NONE);
        assertThat(EdgeReports.none(Set.of()).isEffective(RULES, CHANGE, 0, S)).isTrue();
    }

    @Test
    void the_newest_nonce_of_each_edge_is_echoed() {
        assertThat(
                        NONE.with(report("iad1", 2, 1))
                                .with(report("fra1", 2, 2))
                                .with(report("fra1", 2, 3))
                                .echoes())
                .isEqualTo(List.of(new Echo("fra1", nonce(3)), new Echo("iad1", nonce(1))));
    }
}
