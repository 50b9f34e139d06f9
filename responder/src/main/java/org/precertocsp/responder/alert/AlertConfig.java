package org.precertocsp.responder.alert;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// How alerts reach people.
///
/// @param directory keeps them across restarts
/// @param deadline from being raised to being acknowledged; at most 24 hours (NSR 3.2.3)
/// @param repeat between escalations after the deadline
/// @param settle so long after an acknowledgement the same incident is still the same alert
/// @param log whether the log is one of the channels
public record AlertConfig(
        Path directory,
        Duration deadline,
        Duration repeat,
        Duration settle,
        boolean log,
        List<ChannelConfig> channels) {
    public AlertConfig {
        channels = List.copyOf(channels);
    }

    /// At least two ways to people are asked for (NSR 3.2.2).
    public boolean isIndependent() {
        return channels.size() + (log ? 1 : 0) >= 2;
    }
}
