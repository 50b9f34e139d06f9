package org.precertocsp.responder.intake.ctlog.watch;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.precertocsp.responder.intake.ctlog.LogAddress;

/// Which logs are followed, and how closely.
///
/// @param logs no two with one key or one name
/// @param poll between two looks at a log that is read to its head
/// @param maxHeadAge beyond which a log counts as standing still
/// @param silentAfter without an answer, or with older heads only, a log is reported as silent
/// @param grace how long a feed of the CA's own may take after a log, before a serial that only the
///   log brought is an incident
public record WatchConfig(
        List<Watched> logs,
        Duration poll,
        Duration maxHeadAge,
        Duration silentAfter,
        Duration grace) {
    /// A log to follow, and where to begin if it was never read before.
    public record Watched(LogAddress log, OptionalLong from) {}

    /// Each has a thread, and pages in memory.
    public static final int MAX_LOGS = 64;

    public WatchConfig {
        logs = List.copyOf(logs);
    }
}
