package org.precertocsp.responder.intake.ctlog.client;

import java.time.Duration;

/// What one log may cost us, and we it.
///
/// @param inFlight requests under way at once
/// @param timeout of one request, its whole answer included
/// @param attempts at one request, until the log counts as unavailable
/// @param firstPause after a failed attempt, doubled each time; a log's Retry-After is obeyed
///   instead
/// @param longestPause most time between attempts; a log that wants to be left alone for longer
///   counts as unavailable
/// @param maxAnswerOctets of one answer, unpacked
public record ClientLimits(
        int inFlight,
        Duration timeout,
        int attempts,
        Duration firstPause,
        Duration longestPause,
        int maxAnswerOctets) {
    /// Fit for public logs.
    public static final ClientLimits USUAL =
            new ClientLimits(
                    4,
                    Duration.ofSeconds(30),
                    10,
                    Duration.ofMillis(500),
                    Duration.ofMinutes(2),
                    64 << 20);
}
