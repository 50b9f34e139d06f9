package org.precertocsp.responder.intake;

import java.util.function.Consumer;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.intake.LoadSummary.StillGood;

/// Raises alerts for results that must not be overlooked: serials listed as revoked which are
/// answered good nevertheless, and documents of different certificates with one serial. The first
/// ends when a file of that name no longer has any; a conflict stays until a person acknowledges
/// it.
///
/// @param next receives every summary, too
public record LoadAlerts(Alarm alarm, Consumer<LoadSummary> next) implements Consumer<LoadSummary> {
    @Override
    public void accept(LoadSummary summary) {
        String about = summary.kind() + " " + summary.file();
        StillGood good = summary.stillGood();
        if (good.count() > 0) {
            alarm.raise(
                    new Incident(
                            Incident.Kind.REVOCATION_REFUSED,
                            about,
                            ("the file says revoked of %d serials that are still answered good,"
                                            + " since these records were rejected: %s%s. Correct them and load"
                                            + " the file again, or revoke the serials with `precert-ocsp"
                                            + " revoke`. First cause: %s")
                                    .formatted(
                                            good.count(),
                                            String.join(", ", good.serials()),
                                            good.count() > good.serials().size() ? ", …" : "",
                                            cause(summary))));
        } else if (summary.refusedFile().isEmpty()) {
            alarm.end(Incident.Kind.REVOCATION_REFUSED, about);
        }
        if (summary.conflicts() > 0) {
            alarm.raise(
                    new Incident(
                            Incident.Kind.FEED_CONFLICT,
                            about,
                            ("%d documents in %s are of another certificate than one known under"
                                            + " their serial (SS-11 to SS-13): both are stored, the serial"
                                            + " stays assigned. Find out which of them the CA issued, and"
                                            + " revoke the serial if both. First: %s")
                                    .formatted(summary.conflicts(), about, conflict(summary))));
        }
        next.accept(summary);
    }

    private static String conflict(LoadSummary summary) {
        return summary.reports().stream()
                .filter(report -> report.severity().equals("conflict"))
                .findFirst()
                .map(report -> report.place() + ": " + report.reason())
                .orElse("see the result of the load");
    }

    private static String cause(LoadSummary summary) {
        return summary.reports().stream()
                .filter(report -> report.reason().endsWith(LoadCounters.STILL_GOOD))
                .findFirst()
                .map(report -> report.place() + ": " + report.reason())
                .orElse("see the result of the load");
    }
}
