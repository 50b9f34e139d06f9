package org.precertocsp.responder.intake.spool;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How a watcher is doing, for readiness and metrics.
///
/// @param watching false once it was closed, or died
/// @param waiting files seen and not yet taken; a folder sent by a command counts as one
/// @param lastLook when the folders were last looked at
/// @param lastTaken when a file was last processed
/// @param problems what an operator should see to, in sentences
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
