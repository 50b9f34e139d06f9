package org.precertocsp.responder.alert;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// The JSON form of an alert, on disk, in the private API and on the command line: flat, with its
/// fields in this order. Fields may be added at the end, never renamed or moved.
///
/// @param open for readers; derived from `acknowledgement` and `endedAt`
/// @param endedAt when its cause was gone
/// @param endAnnounced whether channels were notified of that
/// @param reopened how often it was raised again soon after its end
public record AlertJson(
        String id,
        Incident.Kind kind,
        String about,
        String what,
        Severity severity,
        Instant raisedAt,
        Instant lastSeen,
        long count,
        Instant deadline,
        int escalations,
        Optional<Acknowledgement> acknowledgement,
        SortedSet<String> told,
        boolean open,
        Optional<Instant> endedAt,
        boolean endAnnounced,
        int reopened) {
    public static AlertJson of(Alert alert) {
        return new AlertJson(
                alert.id(),
                alert.kind(),
                alert.about(),
                alert.what(),
                alert.severity(),
                alert.raisedAt(),
                alert.seen().last(),
                alert.seen().count(),
                alert.deadline(),
                alert.urgency().escalations(),
                alert.acknowledgement(),
                alert.urgency().told(),
                alert.isOpen(),
                alert.ending().map(Alert.Ending::at),
                alert.ending().map(Alert.Ending::announced).orElse(false),
                alert.seen().reopened());
    }

    /// @throws NullPointerException a required field is missing
    public Alert alert() {
        List.of(id, kind, about, what, severity, raisedAt, lastSeen, deadline, told);
        return new Alert(
                id,
                new Alert.Seen(new Incident(kind, about, what), lastSeen, count, reopened),
                raisedAt,
                deadline,
                new Alert.Urgency(severity, escalations, told),
                acknowledgement,
                endedAt.map(at -> new Alert.Ending(at, endAnnounced)));
    }
}
