package org.precertocsp.responder.alert;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// An incident as people see it: however often it was raised, one alert until a person acknowledges
/// it.
///
/// @param id argument of `alerts ack`: day and four characters, such as `261121-7f3a`
/// @param deadline when a person must have acknowledged it (NSR 3.2.3)
/// @param ending empty while its cause persists, as far as known
public record Alert(
        String id,
        Seen seen,
        Instant raisedAt,
        Instant deadline,
        Urgency urgency,
        Optional<Acknowledgement> acknowledgement,
        Optional<Ending> ending) {
    /// The incident as raised last, when, and how often.
    ///
    /// @param incident as raised last: its text describes the newest state
    /// @param reopened how often it was raised again soon after its end
    public record Seen(Incident incident, Instant last, long count, int reopened) {}

    /// The cause is gone.
    ///
    /// @param announced whether channels were notified, which happens only after the end has lasted
    ///   a little
    public record Ending(Instant at, boolean announced) {}

    /// The severity now, and which channels have delivered it.
    ///
    /// @param severity now; escalation raises it
    /// @param escalations how often it was sent again since the deadline
    /// @param told names of the channels that have delivered it since
    public record Urgency(Severity severity, int escalations, SortedSet<String> told) {
        public Urgency {
            told = Collections.unmodifiableSortedSet(new TreeSet<>(told));
        }
    }

    /// A new alert, which no channel has delivered.
    ///
    /// @param times how often it was raised, at least once
    public static Alert raised(
            String id, Incident incident, long times, Instant now, Instant deadline) {
        return new Alert(
                id,
                new Seen(incident, now, times, 0),
                now,
                deadline,
                new Urgency(incident.kind().severity(), 0, new TreeSet<>()),
                Optional.empty(),
                Optional.empty());
    }

    /// The alert raised again; if it had ended, it is open again.
    public Alert again(Incident incident, long times, Instant now) {
        int reopenings = seen.reopened() + (hasEnded() ? 1 : 0);
        return new Alert(
                id,
                new Seen(incident, now, seen.count() + times, reopenings),
                raisedAt,
                deadline,
                urgency,
                acknowledgement,
                Optional.empty());
    }

    /// The alert with its cause gone; no channel was notified yet.
    public Alert ended(Instant at) {
        return with(new Ending(at, false));
    }

    /// The alert whose end is to be announced, and that no channel has delivered yet.
    public Alert endAnnounced() {
        return with(new Ending(ending.orElseThrow().at(), true)).untold();
    }

    private Alert with(Ending end) {
        return new Alert(id, seen, raisedAt, deadline, urgency, acknowledgement, Optional.of(end));
    }

    /// The alert in its present state, as delivered by no channel.
    public Alert untold() {
        return with(new Urgency(urgency.severity(), urgency.escalations(), new TreeSet<>()));
    }

    /// The alert with the next severity, as delivered by no channel.
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
        return new Alert(id, seen, raisedAt, deadline, now, acknowledgement, ending);
    }

    public Alert acknowledged(Acknowledgement by) {
        return new Alert(id, seen, raisedAt, deadline, urgency, Optional.of(by), ending);
    }

    /// True until somebody acknowledges it or its cause is gone.
    public boolean isOpen() {
        return acknowledgement.isEmpty() && ending.isEmpty();
    }

    public boolean hasEnded() {
        return ending.isPresent();
    }

    /// Whether it ended by itself, but is severe enough that a person must know of it (NSR 3.2.3
    /// requires a response to every critical alert). It no longer escalates.
    public boolean isUnseen() {
        return hasEnded()
                && acknowledgement.isEmpty()
                && severity().compareTo(Severity.CRITICAL) <= 0;
    }

    public boolean isOverdue(Instant now) {
        return isOpen() && !now.isBefore(deadline);
    }

    public boolean isOf(Incident incident) {
        return isOf(incident.kind(), incident.about());
    }

    public boolean isOf(Incident.Kind kind, String about) {
        return kind() == kind && about().equals(about);
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
