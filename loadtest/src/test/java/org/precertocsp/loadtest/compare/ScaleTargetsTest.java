package org.precertocsp.loadtest.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.precertocsp.loadtest.compare.ScaleStep.Ratios;
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
    private static ScaleStep step(long serials, Ratios ratios, long staleAnswers) {
        ScaleStep.Load load = new ScaleStep.Load(serials, Duration.ofMillis(serials / 1_000));
        return new ScaleStep(
                serials,
                new ScaleStep.Loads(
                        load,
                        serials > WANTED ? null : load,
                        new ScaleStep.Load(serials / 10, Duration.ofMillis(2_500))),
                new ScaleStep.Disk(20 * serials, 130 * serials),
                new ScaleStep.Start(Duration.ofMillis(800), Duration.ofMillis(1_600)),
                new ScaleStep.Resident(300_000_000, 350_000_000, 400_000_000),
                new ScaleStep.Load(serials, Duration.ofMillis(serials / 50)),
                new ScaleStep.Requests(
                        answers(5_000, 0),
                        false,
                        answers(15_000, 0),
                        answers(20_000, 0),
                        answers(18_000, 0),
                        answers(9_000, 0),
                        ratios),
                new MassRevocation(
                        serials / 10,
                        Duration.ofMillis(4_000),
                        Duration.ofMillis(70_000),
                        answers(1_000, 0),
                        answers(1_000, 0),
                        answers(1_000, staleAnswers),
                        answers(1_000, 0)));
    }

    private static ScaleStep first() {
        return step(10_000, new Ratios(ratio(0.75), null, null), 0);
    }

    private static ScaleStep wanted(long staleAnswers) {
        return step(WANTED, new Ratios(ratio(0.45), ratio(0.9), ratio(1.1)), staleAnswers);
    }

    private static MinMedianMax ratio(double median) {
        return new MinMedianMax(median / 2, median, 2 * median);
    }

    @Test
    void ten_million_serials_are_judged_line_by_line() {
        List<TargetResult> lines = ScaleTargets.of(List.of(first(), wanted(0)));

        assertThat(lines)
                .extracting(TargetResult::number, TargetResult::seen, TargetResult::outcome)
                .containsExactly(
                        tuple("3", "0.45", TargetResult.Outcome.MISSED),
                        tuple("6", "0.90", TargetResult.Outcome.MET),
                        tuple("7", "1,000,000", TargetResult.Outcome.MET),
                        tuple("7", "1,000,000", TargetResult.Outcome.MET),
                        tuple("8", "2.50", TargetResult.Outcome.MET),
                        tuple("9", "4.00", TargetResult.Outcome.MET),
                        tuple("9", "70.00", TargetResult.Outcome.MISSED),
                        tuple("11", "0.80", TargetResult.Outcome.MET),
                        tuple("12", "400", TargetResult.Outcome.MET),
                        tuple("13", "20.00", TargetResult.Outcome.MET),
                        tuple("13", "110", TargetResult.Outcome.MET));
        assertThat(lines).noneMatch(it -> it.what().contains("(at"));
        assertThat(lines.getFirst().figures()).isEqualTo("15,000/s : 20,000/s");
    }

    @Test
    void a_hundred_million_have_lines_of_their_own_beside_those_of_ten() {
        ScaleStep large = step(100_000_000, new Ratios(ratio(0.5), ratio(0.7), ratio(0.85)), 0);

        List<TargetResult> lines = ScaleTargets.of(List.of(first(), wanted(0), large));

        assertThat(lines)
                .filteredOn(it -> it.what().endsWith(" (at 100,000,000 serials)"))
                .extracting(TargetResult::number, TargetResult::seen, TargetResult::outcome)
                .containsExactly(
                        tuple("6", "0.70", TargetResult.Outcome.MISSED),
                        tuple("14", "100", TargetResult.Outcome.MET),
                        tuple("14", "0.80", TargetResult.Outcome.MET),
                        tuple("14", "0.85", TargetResult.Outcome.MET),
                        tuple("14", "400", TargetResult.Outcome.MET));
        assertThat(lines).filteredOn(it -> it.number().equals("3")).hasSize(1);
    }

    @Test
    void another_number_than_the_tables_is_named_and_one_alone_has_no_growth() {
        List<TargetResult> lines =
                ScaleTargets.of(List.of(step(30_000, new Ratios(ratio(0.75), null, null), 0)));

        assertThat(lines).extracting(TargetResult::number).doesNotContain("6").hasSize(10);
        assertThat(lines)
                .filteredOn(it -> it.number().equals("13"))
                .allSatisfy(it -> assertThat(it.what()).endsWith(" (at 30,000 serials)"));
    }

    /// A stale `good` after the revocation was acknowledged is no matter of seconds.
    @Test
    void one_stale_answer_voids_the_revocation_and_the_measurement() {
        List<ScaleStep> steps = List.of(first(), wanted(1));
        List<TargetResult> lines = ScaleTargets.of(steps);

        assertThat(lines)
                .filteredOn(it -> it.number().equals("9"))
                .hasSize(2)
                .allSatisfy(it -> assertThat(it.outcome()).isEqualTo(TargetResult.Outcome.VOID));
        assertThat(scale(steps).isSound()).isFalse();
        assertThat(scale(List.of(first(), wanted(0))).isSound()).isTrue();
        assertThat(ScaleTable.of(scale(steps))).contains("VOID: 0 failed, 1 wrong");
    }

    @Test
    void table_and_page_have_a_row_and_a_point_for_each_number_of_serials() {
        ScaleReport scale = scale(List.of(first(), wanted(0)));

        assertThat(ScaleTable.of(scale).lines().map(it -> it.strip().replaceAll(" +", " ")))
                .contains(
                        "10,000 1,000,000 1,000,000 2.50 1,000 20.0 110.0 50,000",
                        "10,000,000 1,000,000 1,000,000 2.50 1,000,000 20.0 110.0 50,000",
                        "10,000,000 800 1,600 300 350 400 1,000,000 4.00 70.00",
                        "10,000,000 popular ones (Zipf 1.0) 18,000 55.56 1 3 50% server",
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
