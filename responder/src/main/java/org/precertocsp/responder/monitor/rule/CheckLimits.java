package org.precertocsp.responder.monitor.rule;

import java.time.Duration;

/// Numbers the rules compare with, and how patient the judge is.
///
/// @param answerTime what a responder has for an answer (TF-17)
/// @param clockSkew how far clocks may differ before it counts
/// @param publication how long after publication an answer is due (SA-01)
/// @param tries how often a question is asked while the answer is tryLater
/// @param longestPause between tries, whatever Retry-After says
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
