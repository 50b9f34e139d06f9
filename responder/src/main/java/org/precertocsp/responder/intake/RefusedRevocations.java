package org.precertocsp.responder.intake;

import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.intake.LoadSummary.StillGood;

import java.util.function.Consumer;

/// Raises an alert where a file says that serials are revoked which are answered good all the same,
/// and ends it when a file of that name no longer does.
///
/// @param next hears of every file, too
public record RefusedRevocations(Alarm alarm, Consumer<LoadSummary> next)
        implements Consumer<LoadSummary> {
    @Override
    public void accept(LoadSummary summary) {
        String about = summary.kind() + " " + summary.file();
        StillGood good = summary.stillGood();
        if (good.count() > 0) {
            alarm.raise(
                    new Incident(
                            Incident.Kind.REVOCATION_REFUSED,
                            about,
                            ("%s says that %d serials are revoked, was not understood there, and"
                                 + " they are still answered good: %s%s. Correct these records and"
                                 + " load the file again, or revoke them with `precert-ocsp"
                                 + " revoke`. First cause: %s")
                                    .formatted(
                                            about,
                                            good.count(),
                                            String.join(", ", good.serials()),
                                            good.count() > good.serials().size() ? ", …" : "",
                                            cause(summary))));
        } else if (summary.refusedFile().isEmpty()) {
            alarm.end(Incident.Kind.REVOCATION_REFUSED, about);
        }
        next.accept(summary);
    }

    private static String cause(LoadSummary summary) {
        return summary.reports().stream()
                .filter(report -> report.reason().endsWith(Tally.STILL_GOOD))
                .findFirst()
                .map(report -> report.place() + ": " + report.reason())
                .orElse("see the result of the load");
    }
}
