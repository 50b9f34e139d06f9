package org.precertocsp.responder.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.monitor.ReconcileDifference;
import org.precertocsp.responder.monitor.ReconcileSummary;

/// The result of one `reconcile` command; its JSON has these fields.
///
/// @param serials compared
/// @param leftOut expired, older than requested, or only announced
/// @param notAsked serials not requested from the endpoint, by reason
/// @param inputs read besides the store
/// @param counts of differences by kind
/// @param differences listed one by one, up to the limit given
/// @param error why the command could not complete
record ReconcileResult(
        Instant at,
        long serials,
        long leftOut,
        Map<String, Long> notAsked,
        List<LoadSummary> inputs,
        Map<String, Long> counts,
        List<Line> differences,
        Optional<String> error) {

    /// @param serial hexadecimal; empty if the line is about an input as a whole
    record Line(String kind, String rule, String title, String issuer, String serial, String seen) {
        static Line of(ReconcileDifference difference) {
            return new Line(
                    difference.kind().name(),
                    difference.kind().rule(),
                    difference.kind().title(),
                    difference.issuer(),
                    difference.serial(),
                    difference.seen());
        }
    }

    static ReconcileResult failed(Instant at, String why) {
        return new ReconcileResult(
                at, 0, 0, Map.of(), List.of(), Map.of(), List.of(), Optional.of(why));
    }

    static ReconcileResult of(ReconcileSummary reconciled, List<LoadSummary> inputs) {
        Map<String, Long> counts = new TreeMap<>();
        reconciled.counts().forEach((kind, count) -> counts.put(kind.name(), count));
        return new ReconcileResult(
                reconciled.at(),
                reconciled.serials(),
                reconciled.forgotten(),
                reconciled.notAsked(),
                inputs,
                counts,
                reconciled.differences().stream().map(Line::of).toList(),
                reconciled.lost()
                        ? Optional.of(
                                "the endpoint did not respond; not all statuses were compared")
                        : Optional.empty());
    }

    long found() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    int exitStatus() {
        if (error.isPresent()) {
            return ExitCodes.CANNOT;
        }
        return found() == 0 ? ExitCodes.OK : ExitCodes.REFUSED;
    }

    /// Prints the inputs, a table of the differences, and the totals.
    static final class ReconcileReport {
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
                                        SafeText.of(input.file()),
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
                                            "not requested: %d serials: %s"
                                                    .formatted(count, SafeText.of(why))));
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
                                    width(
                                            lines.stream()
                                                    .map(ReconcileResult.Line::serial)
                                                    .toList()));
            for (ReconcileResult.Line line : lines) {
                String rule = line.rule().isEmpty() ? "" : " (" + line.rule() + ")";
                out.printf(
                        row,
                        line.kind(),
                        issuer(line),
                        line.serial(),
                        line.title() + rule + ": " + SafeText.of(line.seen()));
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
}
