package org.precertocsp.loadtest.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.precertocsp.loadtest.report.TargetResult;

final class TargetVerdictTest {
    private static final ComparisonTarget TWICE =
            ComparisonTarget.speed("1", "ours", "theirs", 2.0);

    @Test
    void median_of_rounds_decides() {
        TargetVerdict verdict =
                TargetVerdict.of(
                        TWICE,
                        List.of(
                                round(busy(1_000), busy(1_000)),
                                round(busy(2_100), busy(1_000)),
                                round(busy(9_000), busy(1_000))));

        assertThat(verdict.outcome()).isEqualTo(TargetResult.Outcome.MET);
        assertThat(verdict.basis()).isEqualTo(TargetVerdict.Basis.THROUGHPUT);
        assertThat(verdict.ratio()).isEqualTo(new MinMedianMax(1.0, 2.1, 9.0));
    }

    @Test
    void processor_time_decides_where_the_driver_was_the_limit() {
        // Both answer as fast as they are asked, ours with a quarter of the time.
        Measurement ours =
                new Measurement(50_000, 4, 0.2, 1.0, Measurement.Latency.NONE, 50_000, 0, 0);
        Measurement theirs =
                new Measurement(50_000, 16, 0.8, 1.0, Measurement.Latency.NONE, 50_000, 0, 0);

        TargetVerdict verdict = TargetVerdict.of(TWICE, List.of(round(ours, theirs)));

        assertThat(verdict.basis()).isEqualTo(TargetVerdict.Basis.CPU);
        assertThat(verdict.ratio().median()).isEqualTo(4.0);
        assertThat(verdict.byThroughput().median()).isEqualTo(1.0);
        assertThat(ours.limit()).isEqualTo(Measurement.Limit.DRIVER);
    }

    @Test
    void below_the_bound_is_missed() {
        TargetVerdict verdict = TargetVerdict.of(TWICE, List.of(round(busy(1_999), busy(1_000))));

        assertThat(verdict.outcome()).isEqualTo(TargetResult.Outcome.MISSED);
    }

    @Test
    void one_wrong_answer_voids_the_verdict() {
        Measurement wrong = new Measurement(9_000, 1, 1, 0, Measurement.Latency.NONE, 9_000, 0, 1);

        TargetVerdict verdict = TargetVerdict.of(TWICE, List.of(round(wrong, busy(1_000))));

        assertThat(verdict.outcome()).isEqualTo(TargetResult.Outcome.VOID);
    }

    @Test
    void more_than_one_failure_in_a_hundred_voids_the_verdict() {
        Measurement failing =
                new Measurement(9_000, 1, 1, 0, Measurement.Latency.NONE, 1_000, 11, 0);

        assertThat(failing.isVoid()).isTrue();
        assertThat(new Measurement(9_000, 1, 1, 0, Measurement.Latency.NONE, 1_000, 10, 0).isVoid())
                .isFalse();
    }

    @Test
    void tails_are_compared_by_latency_and_must_stay_below() {
        ComparisonTarget tail = ComparisonTarget.tail("7", "ours", "theirs", 1.5);

        TargetVerdict verdict = TargetVerdict.of(tail, List.of(round(slow(160), slow(100))));

        assertThat(verdict.basis()).isEqualTo(TargetVerdict.Basis.LATENCY);
        assertThat(verdict.outcome()).isEqualTo(TargetResult.Outcome.MISSED);
        assertThat(verdict.ratio().median()).isEqualTo(1.6);
    }

    @Test
    void a_tail_has_a_bound_in_milliseconds() {
        ComparisonTarget tail = ComparisonTarget.tailMillis("2", "ours", 10);

        TargetVerdict verdict =
                TargetVerdict.of(
                        tail, List.of(Map.of("ours", slow(9_000)), Map.of("ours", slow(9_500))));

        assertThat(verdict.outcome()).isEqualTo(TargetResult.Outcome.MET);
        assertThat(verdict.ratio().median()).isEqualTo(9.25);
        assertThat(verdict.text()).isEqualTo("p99.9 ours, ms");
    }

    @Test
    void a_claim_may_name_its_quantity_and_figures_stand_beside_the_ratio() {
        List<Map<String, Measurement>> rounds =
                List.of(
                        round(
                                new Measurement(
                                        50_000, 4, 0.2, 1.0, Measurement.Latency.NONE, 9, 0, 0),
                                new Measurement(
                                        25_000, 16, 0.8, 1.0, Measurement.Latency.NONE, 9, 0, 0)));

        TargetVerdict seen = TargetVerdict.of(TWICE.by(ComparisonTarget.Kind.THROUGHPUT), rounds);
        TargetVerdict cost = TargetVerdict.of(TWICE.by(ComparisonTarget.Kind.CPU), rounds);

        assertThat(seen.ratio().median()).isEqualTo(2);
        assertThat(seen.line().figures()).isEqualTo("50,000/s : 25,000/s");
        assertThat(cost.ratio().median()).isEqualTo(4);
        assertThat(cost.line().figures()).isEqualTo("4.0 µs : 16.0 µs");
    }

    private static Map<String, Measurement> round(Measurement ours, Measurement theirs) {
        return Map.of("ours", ours, "theirs", theirs);
    }

    private static Measurement busy(double perSecond) {
        return new Measurement(
                perSecond,
                1e6 / perSecond,
                1,
                0.5,
                Measurement.Latency.NONE,
                (long) perSecond,
                0,
                0);
    }

    private static Measurement slow(double p999) {
        return new Measurement(
                100, 10, 0.5, 0.5, new Measurement.Latency(1, 2, p999, p999), 100, 0, 0);
    }
}
