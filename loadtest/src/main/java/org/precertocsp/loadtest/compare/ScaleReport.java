package org.precertocsp.loadtest.compare;

import java.util.List;
import org.precertocsp.loadtest.report.MeasurementJson;
import org.precertocsp.loadtest.report.MeasurementOrigin;
import org.precertocsp.loadtest.report.TargetResult;

/// A whole measurement of growth.
///
/// @param remarks other facts that are needed to interpret the figures
public record ScaleReport(
        MeasurementOrigin origin,
        String settings,
        List<String> remarks,
        List<ScaleStep> steps,
        List<TargetResult> targets) {
    public String json() {
        return MeasurementJson.of(this, new MeasurementJson.Essence(origin, targets));
    }

    /// No answer was wrong, and few requests failed.
    public boolean isSound() {
        return steps.stream()
                .noneMatch(
                        step ->
                                step.requests().live().isVoid()
                                        || step.requests().stored().isVoid()
                                        || step.requests().cached().isVoid()
                                        || step.requests().zipf().isVoid()
                                        || step.requests().unassigned().isVoid()
                                        || step.revocation().isVoid());
    }
}
