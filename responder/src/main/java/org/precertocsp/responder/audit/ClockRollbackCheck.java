package org.precertocsp.responder.audit;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/// Looks for records of a time before that of the record they follow: the clock was set back. Not
/// thread-safe.
final class ClockRollbackCheck {
    /// A clock may be corrected by so much between two runs without a report.
    static final Duration TOLERANCE = Duration.ofMinutes(1);

    /// Told of; each is a step of the clock, so more are no news.
    private static final int MOST_FAULTS = 100;

    /// Up to the second, times in ISO 8601 are in the order of their letters.
    private static final int SECONDS = "2026-01-01T00:00:00".length();

    /// @param number of the record
    /// @param before the newest time of the records before it
    private record Back(long number, String kind, Instant at, Instant before) {}

    /// That an operator said the clock is right.
    ///
    /// @param at by that clock
    /// @param newest time recorded before, which never was
    private record Accepted(Instant at, Instant newest) {}

    private final List<Back> faults = new ArrayList<>();
    private final List<Accepted> accepted = new ArrayList<>();
    private String newest = "";

    void follow(AuditRecord line) {
        String at = line.at();
        if (at.length() < SECONDS) {
            return;
        }
        if (newest.isEmpty() || seconds(at).compareTo(seconds(newest)) >= 0) {
            newest = at;
        } else {
            compare(line);
        }
        if (line.kind().equals(AuditEvent.Kind.CLOCK_ACCEPTED.name())) {
            accept(line);
        }
    }

    private static String seconds(String time) {
        return time.substring(0, SECONDS);
    }

    private void compare(AuditRecord line) {
        try {
            Instant at = Instant.parse(line.at());
            Instant before = Instant.parse(newest);
            if (at.plus(TOLERANCE).isBefore(before)) {
                newest = line.at();
                if (faults.size() < MOST_FAULTS) {
                    faults.add(new Back(line.number(), line.kind(), at, before));
                }
            }
        } catch (DateTimeParseException _) {
            // The chain holds it, whoever wrote it; without a time it cannot be compared.
        }
    }

    private void accept(AuditRecord line) {
        try {
            Instant forgotten = Instant.parse(line.tree().path("details").path("newest").asText());
            accepted.add(new Accepted(Instant.parse(line.at()), forgotten));
        } catch (DateTimeParseException _) {
            // Accepts nothing.
        }
    }

    /// For people.
    ///
    /// @param events of the log that holds what operators said
    List<String> faults(ClockRollbackCheck events) {
        return faults.stream()
                .filter(fault -> events.accepted.stream().noneMatch(it -> explains(it, fault)))
                .map(
                        it ->
                                "record %d (%s) of %s comes after one of %s: the clock was set back"
                                        .formatted(it.number(), it.kind(), it.at(), it.before()))
                .toList();
    }

    private static boolean explains(Accepted accepted, Back fault) {
        return accepted.at().isBefore(fault.before())
                && !fault.before().isAfter(accepted.newest().plus(TOLERANCE));
    }
}
