package org.precertocsp.loadtest.report;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.precertocsp.loadtest.report.MeasurementJson.Essence;

/// The targets table with a verdict on each line, as Markdown for a README.
public final class TargetsMarkdown {
    private static final int TARGETS = 12;

    private final StringBuilder text = new StringBuilder();

    private TargetsMarkdown() {}

    /// Targets that no measurement judges are named as such.
    public static String of(List<Essence> measurements) {
        TargetsMarkdown table = new TargetsMarkdown();
        measurements.stream().map(Essence::origin).distinct().forEach(table::origin);
        table.line("");
        table.line("| # | What | Want | Seen | Verdict |");
        table.line("|---|---|---|---|---|");
        List<TargetLine> lines =
                measurements.stream().flatMap(it -> it.targets().stream()).toList();
        lines.stream()
                .sorted(Comparator.comparingInt(line -> Integer.parseInt(line.number())))
                .forEach(table::target);
        IntStream.rangeClosed(1, TARGETS)
                .mapToObj(Integer::toString)
                .filter(number -> lines.stream().noneMatch(it -> it.number().equals(number)))
                .forEach(number -> table.line("| %s | | | | not measured |", number));
        return table.text.toString();
    }

    private void origin(Origin origin) {
        line(
                "%s, %s, commit %s, %s.",
                origin.machine(), origin.version(), origin.commit(), origin.started());
    }

    private void target(TargetLine line) {
        String verdict = line.outcome().name().toLowerCase(Locale.ROOT);
        line(
                "| %s | %s | %s | %s | %s |",
                line.number(),
                line.what().replace("|", "\\|"),
                line.want(),
                line.seen(),
                line.outcome() == TargetLine.Outcome.MET ? verdict : "**" + verdict + "**");
    }

    @FormatMethod
    private void line(String format, Object... values) {
        text.append(format.formatted(values)).append('\n');
    }
}
