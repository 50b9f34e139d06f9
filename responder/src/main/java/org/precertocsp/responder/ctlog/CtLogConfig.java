package org.precertocsp.responder.ctlog;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/// The logs to follow, and how.
///
/// @param logs configured logs, with distinct keys and names
/// @param lists reloaded at SIGHUP and once a day
/// @param poll interval for a log that has been read to its head
/// @param maxHeadAge a log with an older head counts as stale
/// @param silentAfter after this time without an answer, or with older heads only, a log is
///   reported
/// @param grace how long a feed of the CA may take after a log before a serial that only the log
///   brought is an incident
public record CtLogConfig(
        List<Watched> logs,
        List<LogListSelection> lists,
        Duration poll,
        Duration maxHeadAge,
        Duration silentAfter,
        Duration grace) {
    /// A log to follow.
    ///
    /// @param from first entry if it was never read
    /// @param listed whether it is followed only because, and as long as, a log list contains it
    public record Watched(LogAddress log, OptionalLong from, boolean listed) {}

    /// Each needs a thread, and memory for pages.
    public static final int MAX_LOGS = 64;

    public CtLogConfig {
        logs = List.copyOf(logs);
        lists = List.copyOf(lists);
    }
}
