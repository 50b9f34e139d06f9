package org.precertocsp.responder.intake.spool;

import java.nio.file.Path;
import java.time.Duration;

/// The spool of a running server.
///
/// @param directory contains one directory per feed, `done` and `refused`; created if absent
/// @param poll interval between scans
/// @param keep how long processed files are kept in `done` and `refused`
public record SpoolConfig(Path directory, Duration poll, Duration keep) {
    /// The default for `keep`.
    public static final Duration KEEP = Duration.ofDays(90);
}
