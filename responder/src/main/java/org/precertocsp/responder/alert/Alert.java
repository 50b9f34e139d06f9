package org.precertocsp.responder.alert;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// An incident as people see it: however often it was raised, one alert until somebody takes it up.
///
/// @param id what `alerts ack` is given: day and four characters, as `261121-7f3a`
/// @param deadline when somebody must have acknowledged it (NSR 3.2.3)
public record Alert(
        String id,
        Seen seen,
        Instant raisedAt,
        Instant deadline,
        Urgency urgency,
        Optional<Acknowledgement> acknowledgement) {
    /// What was raised, the last time and how often.
    ///
    /// @param incident as raised last: the newest words tell the newest state
    public record Seen(Incident incident, Instant last, long count) {}

    /// How urgently people are told, and who was.
    ///
    /// @param severity now; escalation raises it
    /// @param escalations how often it was sent again since the deadline
    /// @param told channels that have taken it since
    public record Urgency(Severity severity, int escalations, SortedSet<String> told) {
        public Urgency {
            told = Collections.unmodifiableSortedSet(new TreeSet<>(told));
        }
    }

    /// A new one, of which nobody has been told.
    ///
    /// @param times how often it was raised, at least once
    public static Alert raised(
            String id, Incident incident, long times, Instant now, Instant deadline) {
        return new Alert(
                id,
                new Seen(incident, now, times),
                now,
                deadline,
                new Urgency(incident.kind().severity(), 0, new TreeSet<>()),
                Optional.empty());
    }

    /// Raised again.
    public Alert again(Incident incident, long times, Instant now) {
        return with(new Seen(incident, now, seen.count() + times));
    }

    private Alert with(Seen now) {
        return new Alert(id, now, raisedAt, deadline, urgency, acknowledgement);
    }

    /// Nobody has been told how severe it is now.
    public Alert escalated() {
        return with(
                new Urgency(
                        urgency.severity().raised(), urgency.escalations() + 1, new TreeSet<>()));
    }

    public Alert toldBy(String channel) {
        SortedSet<String> all = new TreeSet<>(urgency.told());
        all.add(channel);
        return with(new Urgency(urgency.severity(), urgency.escalations(), all));
    }

    private Alert with(Urgency now) {
        return new Alert(id, seen, raisedAt, deadline, now, acknowledgement);
    }

    public Alert acknowledged(Acknowledgement by) {
        return new Alert(id, seen, raisedAt, deadline, urgency, Optional.of(by));
    }

    /// True until somebody acknowledges it.
    public boolean isOpen() {
        return acknowledgement.isEmpty();
    }

    public boolean isOverdue(Instant now) {
        return isOpen() && !now.isBefore(deadline);
    }

    public boolean isOf(Incident incident) {
        return kind() == incident.kind() && about().equals(incident.about());
    }

    public Incident.Kind kind() {
        return seen.incident().kind();
    }

    public String about() {
        return seen.incident().about();
    }

    public String what() {
        return seen.incident().what();
    }

    public Severity severity() {
        return urgency.severity();
    }
}
