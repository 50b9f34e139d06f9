package org.precertocsp.responder.alert;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// An incident as people see it: however often it was raised, one alert until somebody takes it up.
///
/// @param id what `alerts ack` is given: day and four characters, as `261121-7f3a`
/// @param severity now; escalation raises it
/// @param count how often it was raised
/// @param deadline when somebody must have acknowledged it (NSR 3.2.3)
/// @param escalations how often it was sent again since the deadline
/// @param told channels that have taken it
public record Alert(
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
        SortedSet<String> told) {
    public Alert {
        told = Collections.unmodifiableSortedSet(new TreeSet<>(told));
    }

    /// True until somebody acknowledges it.
    public boolean isOpen() {
        return acknowledgement.isEmpty();
    }

    public boolean isOverdue(Instant now) {
        return isOpen() && !now.isBefore(deadline);
    }

    public boolean isOf(Incident incident) {
        return kind == incident.kind() && about.equals(incident.about());
    }

    /// Raised again; the newest words count, for they tell the newest state.
    public Alert again(String newestWhat, long times, Instant now) {
        return new Alert(
                id,
                kind,
                about,
                newestWhat,
                severity,
                raisedAt,
                now,
                count + times,
                deadline,
                escalations,
                acknowledgement,
                told);
    }

    public Alert escalated() {
        return new Alert(
                id,
                kind,
                about,
                what,
                severity.raised(),
                raisedAt,
                lastSeen,
                count,
                deadline,
                escalations + 1,
                acknowledgement,
                new TreeSet<>());
    }

    public Alert acknowledged(Acknowledgement by) {
        return new Alert(
                id,
                kind,
                about,
                what,
                severity,
                raisedAt,
                lastSeen,
                count,
                deadline,
                escalations,
                Optional.of(by),
                told);
    }

    public Alert toldBy(String channel) {
        SortedSet<String> all = new TreeSet<>(told);
        all.add(channel);
        return new Alert(
                id,
                kind,
                about,
                what,
                severity,
                raisedAt,
                lastSeen,
                count,
                deadline,
                escalations,
                acknowledgement,
                all);
    }
}
