package org.precertocsp.responder.intake.spool;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The state of a watcher, for readiness and metrics.
///
/// @param watching false after it was closed or failed
/// @param waiting files seen and not yet loaded; a batch counts as one
/// @param lastLook time of the last scan
/// @param lastTaken when a file was last processed
/// @param problems for the operator, in sentences
public record SpoolState(
        boolean watching,
        int waiting,
        Optional<Instant> lastLook,
        Optional<Instant> lastTaken,
        List<String> problems) {
    public SpoolState {
        problems = List.copyOf(problems);
    }
}
