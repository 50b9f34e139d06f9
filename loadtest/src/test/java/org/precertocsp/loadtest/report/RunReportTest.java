package org.precertocsp.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.precertocsp.loadtest.drive.LoadTestResult;
import org.precertocsp.loadtest.drive.RequestFailure;
import org.precertocsp.loadtest.drive.RequestPacing;
import org.precertocsp.loadtest.drive.TestRuns;

/// Runs whose figures are known, in every form a report has.
final class RunReportTest {
    private static final RequestPacing RATE = new RequestPacing.Rate(100);

    /// Two seconds with 200 answers that took 1 ms to 200 ms.
    private final RunReport right =
            new RunReport(
                    "a <title>", List.of(new RunReport.Entry("100/s", TestRuns.right(RATE, 200))));

    private static List<String> lines(RunReport report) {
        return report.table().lines().map(it -> it.strip().replaceAll(" +", " ")).toList();
    }

    @Test
    void table_has_throughput_percentiles_and_counts() {
        assertThat(lines(right))
                .startsWith("a <title>")
                .contains(
                        "run answers/s answers p50 p90 p99 p99.9 p99.99 max failed wrong verified"
                                + " driver",
                        "100/s 100 200 100 ms 180 ms 198 ms 200 ms 200 ms 200 ms 0 0 2 25 %")
                .hasSize(4);
    }

    @Test
    void failures_and_wrong_answers_are_told_under_the_table() {
        RunReport failed =
                new RunReport(
                        "t",
                        List.of(
                                new RunReport.Entry(
                                        "a",
                                        TestRuns.failed(
                                                RATE,
                                                200,
                                                Map.of(
                                                        RequestFailure.TIMEOUT,
                                                        3L,
                                                        RequestFailure.HTTP_STATUS,
                                                        1_200L))),
                                new RunReport.Entry("b", TestRuns.wrong(RATE, 200, 7))));

        assertThat(lines(failed))
                .endsWith(
                        "a: failed: 1,200 http status, 3 timeout",
                        "b: WRONG: 7 cert status",
                        "serial 1234, requested by GET with SHA-1: expected good, received revoked (cert"
                                + " status)");
    }

    @Test
    void a_busy_driver_is_named_from_85_percent_of_its_core_on() {
        assertThat(lines(drivenWith(0.849))).noneMatch(line -> line.contains("DRIVER BUSY"));
        assertThat(lines(drivenWith(0.85)))
                .contains(
                        "a: DRIVER BUSY: it used 85 % of its core, so the server may be faster than"
                                + " this");
    }

    private static RunReport drivenWith(double share) {
        LoadTestResult run = TestRuns.right(RATE, 200);
        return new RunReport(
                "t",
                List.of(
                        new RunReport.Entry(
                                "a",
                                new LoadTestResult(
                                        run.plan(),
                                        run.measured(),
                                        run.outcome(),
                                        run.latency(),
                                        run.timeline(),
                                        new LoadTestResult.DriverCost(
                                                Duration.ofSeconds(1), share)))));
    }

    @Test
    void a_saturated_run_says_that_its_latencies_are_no_services() {
        RunReport report =
                new RunReport(
                        "t",
                        List.of(
                                new RunReport.Entry(
                                        "max", TestRuns.right(new RequestPacing.Saturate(), 200))));

        assertThat(lines(report).getLast()).startsWith("max: closed loop, its latencies are");
    }

    @Test
    void json_has_the_plan_the_figures_and_every_second() throws Exception {
        JsonNode run = new ObjectMapper().readTree(right.json()).at("/runs/0");

        assertThat(run.at("/plan/target").asText()).isEqualTo("http://ocsp.example/");
        assertThat(run.at("/plan/rate").asDouble()).isEqualTo(100);
        assertThat(run.at("/plan/connections").asInt()).isEqualTo(4);
        assertThat(run.at("/measuredSeconds").asDouble()).isEqualTo(2);
        assertThat(run.at("/perSecond").asDouble()).isEqualTo(100);
        assertThat(run.at("/completed").asLong()).isEqualTo(200);
        assertThat(run.at("/latency/p99").asLong()).isBetween(198_000_000L, 198_300_000L);
        assertThat(run.at("/driverCpuSeconds").asDouble()).isEqualTo(0.5);
        assertThat(run.at("/timeline")).hasSize(2);
        assertThat(run.at("/timeline/1/perSecond").asDouble()).isEqualTo(100);
        assertThat(run.at("/timeline/1/p99.9").asLong()).isEqualTo(3_000);
    }

    @Test
    void histogram_log_is_read_back_by_its_own_library() {
        byte[] log = right.histogramLog().getBytes(StandardCharsets.UTF_8);
        try (HistogramLogReader reader = new HistogramLogReader(new ByteArrayInputStream(log))) {
            EncodableHistogram read = reader.nextIntervalHistogram();

            assertThat(read.getTag()).isEqualTo("100/s");
            assertThat(((Histogram) read).getTotalCount()).isEqualTo(200);
            assertThat(((Histogram) read).getValueAtPercentile(50))
                    .isBetween(99_900_000L, 100_200_000L);
            assertThat(reader.nextIntervalHistogram()).isNull();
        }
    }

    @Test
    void page_needs_nothing_else_and_has_a_plot_for_each_question() {
        assertThat(right.html())
                .contains("<title>a &lt;title&gt;</title>", "<td>100/s</td>")
                .contains("Latency by percentile", "Answers per second", "p99 per second")
                .doesNotContain("src=", "href=", "NaN", "Infinity", "a <title>");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.00 µs",
        "999, 1.00 µs",
        "9994, 9.99 µs",
        "9996, 10.0 µs",
        "99900, 99.9 µs",
        "999400, 999 µs",
        "1000000, 1.00 ms",
        "34567890, 34.6 ms",
        "1500000000, 1.50 s"
    })
    void times_have_three_digits_and_a_unit(double nanos, String text) {
        assertThat(FigureFormat.nanos(nanos)).isEqualTo(text);
    }

    @Test
    void rates_counts_and_shares_are_told_as_people_read_them() {
        assertThat(FigureFormat.rate(12.345)).isEqualTo("12.3");
        assertThat(FigureFormat.rate(12_345.6)).isEqualTo("12,346");
        assertThat(FigureFormat.count(1_234_567)).isEqualTo("1,234,567");
        assertThat(FigureFormat.share(0.256)).isEqualTo("26 %");
    }

    /// A target is met by exactly what it asks for.
    @Test
    void bounds_of_targets_are_inclusive() {
        assertThat(TargetResult.atLeast("1", "", 0.9, 0.9).outcome())
                .isEqualTo(TargetResult.Outcome.MET);
        assertThat(TargetResult.atLeast("1", "", 0.9, 0.899).outcome())
                .isEqualTo(TargetResult.Outcome.MISSED);
        assertThat(TargetResult.atMost("1", "", 3, 3).outcome())
                .isEqualTo(TargetResult.Outcome.MET);
        assertThat(TargetResult.atMost("1", "", 3, 3.001).outcome())
                .isEqualTo(TargetResult.Outcome.MISSED);
    }

    @Test
    void a_line_is_drawn_from_the_lower_left_to_the_upper_right_of_its_plot() {
        String svg =
                new SvgLinePlot(
                                "a & b",
                                List.of(
                                        new SvgLinePlot.Line(
                                                "rising", List.of(0.0, 10.0), List.of(0.0, 100.0))),
                                x -> "x" + Math.round(x),
                                y -> "y" + Math.round(y),
                                false)
                        .svg();

        // Of 760 by 300: 74 to 746 across, and 268 up to 14, of which a twentieth stays free.
        assertThat(svg)
                .contains("<figcaption>a &amp; b</figcaption>", "M74.0 268.0L746.0 26.1")
                .contains(">x0<", ">x10<", ">y0<", ">y105<", "<span class=\"c0\">rising</span>");
    }

    @Test
    void outside_of_a_source_tree_the_commit_is_unknown() {
        MeasurementOrigin here = MeasurementOrigin.now("precert-ocsp 0.1", Path.of("/"));

        assertThat(here.commit()).isEqualTo("unknown");
        assertThat(here.version()).isEqualTo("precert-ocsp 0.1");
        assertThat(here.machine())
                .contains(" × " + Runtime.getRuntime().availableProcessors() + ", ")
                .endsWith(" " + Runtime.version());
        assertThat(here.started()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    }
}
