package org.precertocsp.responder.cli;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.monitor.reconcile.Difference;
import org.precertocsp.responder.monitor.reconcile.Reconciled;

/// The result of one `reconcile` command; its JSON has these fields.
///
/// @param serials compared
/// @param leftOut expired, older than asked for, or only announced
/// @param notAsked serials the endpoint was not asked about, by the reason
/// @param inputs what was read beside the store
/// @param counts of differences by kind
/// @param differences listed one by one, up to the limit given
/// @param error why the command could not do all of it
record ReconcileResult(
        Instant at,
        long serials,
        long leftOut,
        Map<String, Long> notAsked,
        List<LoadSummary> inputs,
        Map<String, Long> counts,
        List<Line> differences,
        Optional<String> error) {

    /// @param serial hexadecimal; empty where it is about an input as a whole
    record Line(String kind, String rule, String title, String issuer, String serial, String seen) {
        static Line of(Difference difference) {
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

    static ReconcileResult of(Reconciled reconciled, List<LoadSummary> inputs) {
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
                        ? Optional.of("not all serials could be asked about")
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
}
