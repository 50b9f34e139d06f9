package org.precertocsp.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.loadtest.report.MeasurementJson.Essence;

final class TargetsTableTest {
    private static final MeasurementOrigin ORIGIN =
            new MeasurementOrigin(
                    "2026-11-21T12:00:00Z", "Processor × 2", "precert-ocsp 0.1", "abc1234");
    private static final TargetResult MET =
            TargetResult.atLeast("11", "throughput", 0.9, 0.95).with("9/s : 10/s");
    private static final TargetResult MISSED = TargetResult.atMost("8", "CRL, s", 3, 4.5);

    @TempDir private Path folder;

    @Test
    void every_target_has_a_line_in_order() {
        String table = TargetsTable.of(List.of(new Essence(ORIGIN, List.of(MET, MISSED))));

        assertThat(table.lines())
                .startsWith(
                        "Processor × 2, precert-ocsp 0.1, commit abc1234, 2026-11-21T12:00:00Z.")
                .containsSubsequence(
                        "| # | Measured | Target | Result | Figures | Verdict |",
                        "| 7 | | | | | not measured |",
                        "| 8 | CRL, s | ≤ 3.00 | 4.50 |  | **missed** |",
                        "| 11 | throughput | ≥ 0.90 | 0.95 | 9/s : 10/s | met |")
                .hasSize(4 + 14);
    }

    @Test
    void what_is_no_numbered_target_follows_them() {
        TargetResult logs = TargetResult.atLeast(TargetResult.LOGS, "skimming", 200_000, 900_000);

        TargetResult more = TargetResult.atLeast(TargetResult.MORE, "cfssl", 12, 20);

        String table = TargetsTable.of(List.of(new Essence(ORIGIN, List.of(logs, more, MET))));

        assertThat(table.lines())
                .endsWith(
                        "| 14 | | | | | not measured |",
                        "| – | cfssl | ≥ 12.00 | 20.00 |  | met |",
                        "| CT | skimming | ≥ 200,000 | 900,000 |  | met |");
    }

    @Test
    void of_a_target_measured_twice_the_first_counts() {
        TargetResult again = TargetResult.atMost("8", "CRL, s", 3, 2.5);

        String table =
                TargetsTable.of(
                        List.of(
                                new Essence(ORIGIN, List.of(MISSED)),
                                new Essence(ORIGIN, List.of(again))));

        assertThat(table).contains("| 4.50 |").doesNotContain("| 2.50 |");
    }

    @Test
    void what_is_written_is_read() throws IOException {
        Essence essence = new Essence(ORIGIN, List.of(MET, MISSED));
        Path file = folder.resolve("scale.json");
        Files.writeString(file, MeasurementJson.of(Map.of("steps", List.of()), essence));

        assertThat(MeasurementJson.read(file)).isEqualTo(essence);
    }

    @Test
    void other_files_are_refused() throws IOException {
        Path file = Files.writeString(folder.resolve("scale.json"), "{}");

        assertThatThrownBy(() -> MeasurementJson.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("scale.json was not written by");
    }
}
