package org.precertocsp.responder.alert;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// How alerts reach people.
///
/// @param directory stores the alerts across restarts
/// @param deadline time from raising to acknowledgement; at most 24 hours (NSR 3.2.3)
/// @param repeat interval between escalations after the deadline
/// @param settle for this long after an acknowledgement, the same incident belongs to the same
///   alert
/// @param expiry how long before the end of a certificate an alert is raised, once for each
/// @param log whether the log is one of the channels
public record AlertConfig(
        Path directory,
        Duration deadline,
        Duration repeat,
        Duration settle,
        List<Duration> expiry,
        boolean log,
        List<AlertChannelConfig> channels) {
    /// The default of `expiry`.
    public static final List<Duration> USUAL_EXPIRY =
            List.of(Duration.ofDays(14), Duration.ofDays(3));

    public AlertConfig {
        expiry = List.copyOf(expiry);
        channels = List.copyOf(channels);
    }

    /// At least two channels are required (NSR 3.2.2).
    public boolean isIndependent() {
        return channels.size() + (log ? 1 : 0) >= 2;
    }
}
