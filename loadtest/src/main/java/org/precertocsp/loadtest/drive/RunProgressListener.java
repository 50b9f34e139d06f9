package org.precertocsp.loadtest.drive;

import java.time.Duration;

/// Receives the progress of a run about once a second, on a thread of the driver: return quickly.
@FunctionalInterface
public interface RunProgressListener {
    RunProgressListener SILENT = _ -> {};

    void passed(Standing standing);

    /// @param elapsed since the start, warm-up included
    /// @param total planned, warm-up included
    record Standing(Duration elapsed, Duration total, long perSecond, long failed, long wrong) {}
}
