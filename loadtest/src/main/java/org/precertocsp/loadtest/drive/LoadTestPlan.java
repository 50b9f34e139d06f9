package org.precertocsp.loadtest.drive;

import java.time.Duration;
import org.precertocsp.loadtest.requests.TargetUrl;

/// One run of the driver.
///
/// @param warmUp sent like the rest but not measured
/// @param duration measured
/// @param verifyEvery one in this many answers is checked completely; the first of each kind
///   always. 0 checks only those
public record LoadTestPlan(
        TargetUrl target,
        RequestPacing pace,
        ConnectionSettings connections,
        Duration warmUp,
        Duration duration,
        int verifyEvery) {
    /// The same with another pacing.
    public LoadTestPlan at(RequestPacing other) {
        return new LoadTestPlan(target, other, connections, warmUp, duration, verifyEvery);
    }
}
