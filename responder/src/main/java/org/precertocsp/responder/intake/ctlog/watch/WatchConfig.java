package org.precertocsp.responder.intake.ctlog.watch;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.precertocsp.responder.intake.ctlog.LogAddress;

/// Which logs are followed, and how closely.
///
/// @param logs those to begin with, no two with one key or one name
/// @param lists read again at SIGHUP and once a day
/// @param poll between two looks at a log that is read to its head
/// @param maxHeadAge beyond which a log counts as standing still
/// @param silentAfter without an answer, or with older heads only, a log is reported as silent
/// @param grace how long a feed of the CA's own may take after a log, before a serial that only the
///   log brought is an incident
public record WatchConfig(
        List<Watched> logs,
        List<ListedLogs> lists,
        Duration poll,
        Duration maxHeadAge,
        Duration silentAfter,
        Duration grace) {
    /// A log to follow.
    ///
    /// @param from where to begin if it was never read before
    /// @param listed whether it is followed because a log list has it, and only as long
    public record Watched(LogAddress log, OptionalLong from, boolean listed) {}

    /// Each has a thread, and pages in memory.
    public static final int MAX_LOGS = 64;

    public WatchConfig {
        logs = List.copyOf(logs);
        lists = List.copyOf(lists);
    }
}
