package org.precertocsp.responder.audit;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/// Detects records whose time is before that of the record they follow: the clock was set back. Not
/// thread-safe.
final class ClockRollbackCheck {
    /// Correction of the clock between two runs that is not reported.
    static final Duration TOLERANCE = Duration.ofMinutes(1);

    /// Maximum number of steps reported; each is a step of the clock, so more add no information.
    private static final int MOST_FAULTS = 100;

    /// Length of the prefix up to the second; so far, ISO 8601 times sort like text.
    private static final int SECONDS = "2026-01-01T00:00:00".length();

    /// @param number of the record
    /// @param before the newest time of the records before it
    private record Back(long number, String kind, Instant at, Instant before) {}

    /// Records that an operator confirmed the clock.
    ///
    /// @param at time of that clock
    /// @param newest later time recorded before, which was wrong
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
            // The record is part of the chain anyway; without a time it cannot be compared.
        }
    }

    private void accept(AuditRecord line) {
        try {
            Instant forgotten = Instant.parse(line.tree().path("details").path("newest").asText());
            accepted.add(new Accepted(Instant.parse(line.at()), forgotten));
        } catch (DateTimeParseException _) {
            // Not an acceptance.
        }
    }

    /// The steps found, as texts for people.
    ///
    /// @param events check of the log that contains the operators' confirmations
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
