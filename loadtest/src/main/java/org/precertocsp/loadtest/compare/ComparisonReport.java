package org.precertocsp.loadtest.compare;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.precertocsp.loadtest.report.MeasurementJson;
import org.precertocsp.loadtest.report.MeasurementOrigin;
import org.precertocsp.loadtest.report.TargetResult;

/// A whole comparison.
///
/// @param settings how it was run, for people
/// @param versions of the programs that took part, by name
/// @param missing programs that are not on this machine, with the remedy
/// @param remarks other facts that are needed to interpret the figures
public record ComparisonReport(
        MeasurementOrigin origin,
        Duration took,
        String settings,
        Map<String, String> versions,
        Map<String, String> missing,
        List<String> remarks,
        List<ComparisonResult> contests) {
    public String json() {
        return MeasurementJson.of(
                this,
                new MeasurementJson.Essence(
                        origin,
                        contests.stream()
                                .flatMap(contest -> contest.verdicts().stream())
                                .map(TargetVerdict::line)
                                .toList()));
    }

    /// No answer was wrong, and few requests failed.
    public boolean isSound() {
        return contests.stream()
                .flatMap(contest -> contest.verdicts().stream())
                .noneMatch(verdict -> verdict.outcome() == TargetResult.Outcome.VOID);
    }
}
