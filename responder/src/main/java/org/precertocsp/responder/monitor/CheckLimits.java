package org.precertocsp.responder.monitor;

import java.time.Duration;

/// The limits that rules check, and those of the check itself.
///
/// @param answerTime maximum time for an answer (TF-17)
/// @param clockSkew tolerated difference between clocks
/// @param publication time from publication until an answer is required (SA-01)
/// @param tries how often a request is sent while the answer is tryLater
/// @param longestPause between attempts, also if Retry-After is longer
public record CheckLimits(
        Duration answerTime,
        Duration clockSkew,
        Duration publication,
        int tries,
        Duration longestPause) {
    public static final CheckLimits STANDARD =
            new CheckLimits(
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(15),
                    3,
                    Duration.ofSeconds(5));
}
