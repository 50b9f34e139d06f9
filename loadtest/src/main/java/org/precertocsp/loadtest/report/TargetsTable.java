package org.precertocsp.loadtest.report;

import com.google.errorprone.annotations.FormatMethod;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.precertocsp.loadtest.report.MeasurementJson.Essence;

/// The targets table with a verdict on each line, as Markdown for a README.
public final class TargetsTable {
    private static final int TARGETS = 14;

    private final StringBuilder text = new StringBuilder();

    private TargetsTable() {}

    /// Numbered targets first; those that no measurement judges are named as such. Of a line that
    /// occurs in several measurements, the first counts.
    public static String of(List<Essence> measurements) {
        TargetsTable table = new TargetsTable();
        measurements.stream().map(Essence::origin).distinct().forEach(table::origin);
        table.line("");
        table.line("| # | Measured | Target | Result | Figures | Verdict |");
        table.line("|---|---|---|---|---|---|");
        Set<String> seen = new HashSet<>();
        List<TargetResult> lines =
                measurements.stream()
                        .flatMap(it -> it.targets().stream())
                        .filter(it -> seen.add(it.number() + it.what()))
                        .toList();
        for (int number = 1; number <= TARGETS; number++) {
            table.target(number, lines);
        }
        Stream.of(TargetResult.MORE, TargetResult.LOGS)
                .flatMap(word -> lines.stream().filter(it -> it.number().equals(word)))
                .forEach(table::target);
        return table.text.toString();
    }

    private void origin(MeasurementOrigin origin) {
        line(
                "%s, %s, commit %s, %s.",
                origin.machine(), origin.version(), origin.commit(), origin.started());
    }

    private void target(int number, List<TargetResult> all) {
        List<TargetResult> lines =
                all.stream().filter(it -> it.number().equals(Integer.toString(number))).toList();
        lines.forEach(this::target);
        if (lines.isEmpty()) {
            line("| %d | | | | | not measured |", number);
        }
    }

    private void target(TargetResult line) {
        String verdict = line.outcome().name().toLowerCase(Locale.ROOT);
        line(
                "| %s | %s | %s | %s | %s | %s |",
                line.number(),
                line.what().replace("|", "\\|"),
                line.want(),
                line.seen(),
                line.figures(),
                line.outcome() == TargetResult.Outcome.MET ? verdict : "**" + verdict + "**");
    }

    @FormatMethod
    private void line(String format, Object... values) {
        text.append(format.formatted(values)).append('\n');
    }
}
