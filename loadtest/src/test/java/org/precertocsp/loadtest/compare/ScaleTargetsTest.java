package org.precertocsp.loadtest.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.precertocsp.loadtest.report.MeasurementOrigin;
import org.precertocsp.loadtest.report.TargetResult;

final class ScaleTargetsTest {
    private static final long WANTED = 10_000_000;

    private static Measurement answers(double perSecond, long wrong) {
        return new Measurement(
                perSecond,
                1e6 / perSecond,
                1,
                0.5,
                new Measurement.Latency(1, 2, 3, 4),
                1_000,
                0,
                wrong);
    }

    /// Loaded at a million a second, 20 bytes each, started in 0.8 s, 400 MB.
    private static ScaleStep step(long serials, double zipf, long staleAnswers) {
        return new ScaleStep(
                serials,
                new ScaleStep.Load(serials, Duration.ofMillis(serials / 1_000)),
                new ScaleStep.Load(serials / 10, Duration.ofMillis(2_500)),
                20 * serials,
                Duration.ofMillis(800),
                300_000_000,
                400_000_000,
                new ScaleStep.Requests(
                        answers(5_000, 0), false, answers(zipf, 0), answers(9_000, 0)),
                new MassRevocation(
                        serials / 10,
                        Duration.ofMillis(4_000),
                        answers(1_000, 0),
                        answers(1_000, staleAnswers),
                        answers(1_000, 0)));
    }

    @Test
    void the_largest_number_of_serials_is_judged_line_by_line() {
        List<TargetResult> lines =
                ScaleTargets.of(List.of(step(10_000, 20_000, 0), step(WANTED, 18_000, 0)));

        assertThat(lines)
                .extracting(TargetResult::number, TargetResult::seen, TargetResult::outcome)
                .containsExactly(
                        tuple("8", "1,000,000", TargetResult.Outcome.MET),
                        tuple("8", "2.50", TargetResult.Outcome.MET),
                        tuple("9", "20.00", TargetResult.Outcome.MET),
                        tuple("10", "4.00", TargetResult.Outcome.MET),
                        tuple("11", "0.90", TargetResult.Outcome.MET),
                        tuple("12", "0.80", TargetResult.Outcome.MET),
                        tuple("12", "400", TargetResult.Outcome.MET));
        assertThat(lines).noneMatch(it -> it.what().contains("(at"));
    }

    @Test
    void another_number_than_the_tables_is_named_and_one_alone_has_no_growth() {
        List<TargetResult> lines = ScaleTargets.of(List.of(step(30_000, 20_000, 0)));

        assertThat(lines).extracting(TargetResult::number).doesNotContain("11").hasSize(6);
        assertThat(lines)
                .filteredOn(it -> it.number().equals("9"))
                .singleElement()
                .satisfies(it -> assertThat(it.what()).endsWith(" (at 30,000 serials)"));
    }

    /// A stale `good` after the revocation was acknowledged is no matter of seconds.
    @Test
    void one_stale_answer_voids_the_revocation_and_the_measurement() {
        List<ScaleStep> steps = List.of(step(WANTED, 18_000, 1));
        List<TargetResult> lines = ScaleTargets.of(steps);

        assertThat(lines)
                .filteredOn(it -> it.number().equals("10"))
                .singleElement()
                .satisfies(it -> assertThat(it.outcome()).isEqualTo(TargetResult.Outcome.VOID));
        assertThat(scale(steps).isSound()).isFalse();
        assertThat(scale(List.of(step(WANTED, 18_000, 0))).isSound()).isTrue();
        assertThat(ScaleTable.of(scale(steps))).contains("VOID: 0 failed, 1 wrong");
    }

    @Test
    void table_and_page_have_a_row_and_a_point_for_each_number_of_serials() {
        ScaleReport scale = scale(List.of(step(10_000, 20_000, 0), step(WANTED, 18_000, 0)));

        assertThat(ScaleTable.of(scale).lines().map(it -> it.strip().replaceAll(" +", " ")))
                .contains(
                        "10,000 0.01 1,000,000 2.50 1,000 20.0 800 300 400",
                        "10,000,000 10.00 1,000,000 2.50 1,000,000 20.0 800 300 400",
                        "10,000,000 popular ones (Zipf 1.0) 18,000 55.56 1 2 server",
                        "note: a <remark>");
        assertThat(ScalePage.of(scale))
                .contains("note: a &lt;remark&gt;", ">10,000,000</text>", ">18,000.0</text>")
                .doesNotContain("src=", "href=");
    }

    private static ScaleReport scale(List<ScaleStep> steps) {
        return new ScaleReport(
                new MeasurementOrigin("2026-11-21T12:00:00Z", "Processor", "precert-ocsp", "abc"),
                "settings",
                List.of("a <remark>"),
                steps,
                ScaleTargets.of(steps));
    }
}
