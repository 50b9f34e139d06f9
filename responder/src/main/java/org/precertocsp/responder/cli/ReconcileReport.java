package org.precertocsp.responder.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import org.precertocsp.responder.intake.LoadSummary;

/// Prints the inputs, a table of the differences, and the totals.
final class ReconcileReport {
    private static final int MAX_ISSUER = 24;

    private final PrintWriter out;

    ReconcileReport(PrintWriter out) {
        this.out = out;
    }

    void print(ReconcileResult result) {
        for (LoadSummary input : result.inputs()) {
            out.println(
                    "read %s %s: %d serials"
                            .formatted(
                                    input.kind(),
                                    Printable.of(input.file()),
                                    input.added() + input.changed() + input.unchanged()));
        }
        table(result.differences());
        long more = result.found() - result.differences().size();
        if (more > 0) {
            out.println("… and " + more + " more; --most lists them too");
        }
        result.notAsked()
                .forEach(
                        (why, count) ->
                                out.println(
                                        "not asked about %d: %s"
                                                .formatted(count, Printable.of(why))));
        String kinds =
                result.counts().entrySet().stream()
                        .map(it -> it.getValue() + " " + it.getKey())
                        .collect(Collectors.joining(", "));
        out.println(
                "total: %d serials compared, %d left out; %s"
                        .formatted(
                                result.serials(),
                                result.leftOut(),
                                kinds.isEmpty() ? "no difference" : kinds));
        out.flush();
    }

    private void table(List<ReconcileResult.Line> lines) {
        if (lines.isEmpty()) {
            return;
        }
        String row =
                "%%-%ds  %%-%ds  %%-%ds  %%s%%n"
                        .formatted(
                                width(lines.stream().map(ReconcileResult.Line::kind).toList()),
                                width(lines.stream().map(ReconcileReport::issuer).toList()),
                                width(lines.stream().map(ReconcileResult.Line::serial).toList()));
        for (ReconcileResult.Line line : lines) {
            String rule = line.rule().isEmpty() ? "" : " (" + line.rule() + ")";
            out.printf(
                    row,
                    line.kind(),
                    issuer(line),
                    line.serial(),
                    line.title() + rule + ": " + Printable.of(line.seen()));
        }
    }

    private static String issuer(ReconcileResult.Line line) {
        String name = line.issuer();
        return name.length() > MAX_ISSUER ? name.substring(0, MAX_ISSUER - 1) + "…" : name;
    }

    private static int width(List<String> cells) {
        return Math.max(1, cells.stream().mapToInt(String::length).max().orElse(1));
    }
}
