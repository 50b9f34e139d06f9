package org.precertocsp.loadtest.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.precertocsp.loadtest.report.MeasurementOrigin;

/// A comparison whose figures are known, as text, page and file.
final class ComparisonTableTest {
    private static final Measurement OURS =
            new Measurement(
                    20_000, 50, 0.99, 0.5, new Measurement.Latency(40, 90, 120, 150), 80_000, 0, 0);
    private static final Measurement THEIRS =
            new Measurement(
                    10_000,
                    100,
                    0.98,
                    0.25,
                    new Measurement.Latency(80, 180, 240, 300),
                    40_000,
                    7,
                    0);

    private static ComparisonReport comparison(Measurement ours) {
        Map<String, Measurement> round = Map.of("ours", ours, "theirs", THEIRS);
        return comparison(List.of(round, round));
    }

    private static ComparisonReport comparison(List<Map<String, Measurement>> rounds) {
        ContestantComparison contest =
                new ContestantComparison(
                        ComparisonKind.GET,
                        "cached <GET>",
                        List.of(),
                        List.of(ComparisonTarget.speed("1", "ours", "theirs", 1.5)));
        return new ComparisonReport(
                new MeasurementOrigin(
                        "2026-11-21T12:00:00Z", "Processor × 2", "precert-ocsp 0.1", "abc1234"),
                Duration.ofSeconds(90),
                "30,000 serials loaded",
                Map.of("nginx", "nginx version: nginx/1.26\nbuilt with a & b"),
                Map.of("cfssl", "not installed"),
                List.of("one processor only"),
                List.of(
                        ComparisonResult.of(
                                contest,
                                Map.of(
                                        "ours",
                                        new WarmUp.Warmed(Duration.ofSeconds(3), 9, 4, true)),
                                rounds)));
    }

    @Test
    void text_has_a_line_for_each_side_and_each_target() {
        String table = ComparisonTable.of(comparison(OURS));

        assertThat(table.lines().map(it -> it.strip().replaceAll(" +", " ")))
                .contains(
                        "30,000 serials loaded, on Processor × 2",
                        "nginx: nginx version: nginx/1.26; built with a & b",
                        "MISSING cfssl: not installed",
                        "note: one processor only",
                        "get: cached <GET>",
                        "ours 20,000 ( 20,000 – 20,000) 50.00 99% 50% 40 120 server",
                        "theirs 10,000 ( 10,000 – 10,000) 100.00 98% 25% 80 240 server; 14 failed",
                        "warm-up of ours: 3.0 s, 9.00 → 4.00 µs CPU each",
                        "1 ours / theirs ≥ 1.50 2.00 ( 2.00 – 2.00) throughput met 20,000/s : 10,000/s");
    }

    @Test
    void rounds_that_the_driver_limited_are_named_and_counted() {
        Measurement pressed = new Measurement(20_000, 40, 0.8, 0.91, OURS.latency(), 80_000, 0, 0);
        Map<String, Measurement> driver = Map.of("ours", pressed, "theirs", THEIRS);
        Map<String, Measurement> server = Map.of("ours", OURS, "theirs", THEIRS);

        assertThat(ComparisonTable.of(comparison(List.of(driver, server, driver))))
                .containsPattern("ours .* 91% .*DRIVER \\(2\\), server \\(1\\)");
        assertThat(ComparisonTable.of(comparison(List.of(driver, driver))))
                .containsPattern("ours .* 91% .*DRIVER\\n");
    }

    @Test
    void wrong_answers_stand_beside_their_side_and_void_the_verdict() {
        Measurement wrong = new Measurement(20_000, 50, 0.99, 0.5, OURS.latency(), 80_000, 0, 3);
        ComparisonReport comparison = comparison(wrong);

        assertThat(comparison.isSound()).isFalse();
        assertThat(ComparisonTable.of(comparison)).contains("; 6 WRONG", " void");
        assertThat(comparison(OURS).isSound()).isTrue();
    }

    @Test
    void page_needs_nothing_else_and_shows_names_as_they_are() {
        String page = ComparisonPage.of(comparison(OURS));

        assertThat(page)
                .contains("cached &lt;GET&gt;", "built with a &amp; b", "<td>ours", "class=met>met")
                .doesNotContain("src=", "href=", "<GET>");
    }

    @Test
    void file_has_samples_origin_and_targets() throws Exception {
        JsonNode json = new ObjectMapper().readTree(comparison(OURS).json());

        assertThat(json.at("/origin/commit").asText()).isEqualTo("abc1234");
        assertThat(json.at("/took").asDouble()).isEqualTo(90);
        assertThat(json.at("/targets/0/outcome").asText()).isEqualTo("MET");
        assertThat(json.at("/targets/0/want").asText()).isEqualTo("≥ 1.50");
        assertThat(json.at("/contests/0/sides/theirs")).hasSize(2);
        assertThat(json.at("/contests/0/sides/ours/0/cpuMicros").asDouble()).isEqualTo(50);
    }
}
