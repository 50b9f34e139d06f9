package org.precertocsp.loadtest.drive;

import java.time.Duration;

/// Told about once a second how a run goes, on a thread of the driver: return soon.
@FunctionalInterface
public interface Progress {
    Progress SILENT = _ -> {};

    void passed(Standing standing);

    /// @param elapsed since the start, warm-up included
    /// @param total planned, warm-up included
    record Standing(Duration elapsed, Duration total, long perSecond, long failed, long wrong) {}
}
