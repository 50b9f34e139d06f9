package org.precertocsp.responder.intake.spool;

import java.nio.file.Path;
import java.time.Duration;

/// Where files for a running server are dropped.
///
/// @param directory holds one folder per feed, `done` and `refused`; created if absent
/// @param poll how often the folders are looked at
/// @param keep how long processed files lie in `done` and `refused`
public record SpoolConfig(Path directory, Duration poll, Duration keep) {
    /// The usual time to keep.
    public static final Duration KEEP = Duration.ofDays(90);
}
