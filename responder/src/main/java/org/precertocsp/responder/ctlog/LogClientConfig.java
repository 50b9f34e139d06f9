package org.precertocsp.responder.ctlog;

import java.time.Duration;

/// Limits for requests to one log.
///
/// @param inFlight concurrent requests
/// @param timeout of one request, including its whole response
/// @param attempts for one request before the log counts as unavailable
/// @param firstPause after a failed attempt, doubled each time; a log's Retry-After takes
///   precedence
/// @param longestPause maximum time between attempts; a log with a longer Retry-After counts as
///   unavailable
/// @param maxAnswerBytes maximum size of one response in bytes, decompressed
public record LogClientConfig(
        int inFlight,
        Duration timeout,
        int attempts,
        Duration firstPause,
        Duration longestPause,
        int maxAnswerBytes) {
    /// Suitable for public logs.
    public static final LogClientConfig USUAL =
            new LogClientConfig(
                    4,
                    Duration.ofSeconds(30),
                    10,
                    Duration.ofMillis(500),
                    Duration.ofMinutes(2),
                    64 << 20);
}
