package org.precertocsp.loadtest.drive;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.precertocsp.loadtest.requests.RequestStream;

/// Finds the maximum rate of a server: saturated first, then on a schedule at rates that approach
/// the highest one that the server sustains.
///
/// @param p99Limit a rate counts as sustained while p99 is at or below this, nothing failed and
///   nothing was left waiting
/// @param steps open-loop runs after the saturated one
public record MaximumRateSearch(Duration p99Limit, int steps) {
    /// The first rate of the search, and the rate that counts as out of reach, as shares of the
    /// saturated rate.
    private static final double FIRST = 0.9;

    private static final double TOO_MUCH = 1.06;

    /// A queue that empties within this time is not a backlog.
    private static final double QUEUE_SECONDS = 0.01;

    /// @param saturated closed loop
    /// @param steps open loop, in the order tried
    /// @param best the highest sustained rate, if any
    public record Maximum(
            LoadTestResult saturated, List<LoadTestResult> steps, Optional<LoadTestResult> best) {}

    /// Blocks for all runs, each as long as the plan; the plan's own pacing is not used.
    public Maximum run(
            LoadTestPlan plan,
            RequestStream stream,
            AnswerVerifier check,
            RunProgressListener progress)
            throws TargetUnreachableException, InterruptedException {
        LoadTestResult saturated =
                LoadDriver.run(plan.at(new RequestPacing.Saturate()), stream, check, progress);
        List<LoadTestResult> tried = new ArrayList<>();
        double carried = 0;
        double refused = saturated.throughput() * TOO_MUCH;
        double rate = saturated.throughput() * FIRST;
        while (tried.size() < steps && rate >= 1) {
            LoadTestResult step =
                    LoadDriver.run(plan.at(new RequestPacing.Rate(rate)), stream, check, progress);
            tried.add(step);
            if (isCarried(step)) {
                carried = rate;
            } else {
                refused = rate;
            }
            rate = carried == 0 ? refused * FIRST : (carried + refused) / 2;
        }
        return new Maximum(
                saturated,
                List.copyOf(tried),
                tried.stream()
                        .filter(this::isCarried)
                        .max(Comparator.comparingDouble(LoadTestResult::throughput)));
    }

    /// True if the server kept up with the run's schedule.
    public boolean isCarried(LoadTestResult run) {
        boolean queued =
                run.timeline().stream()
                        .mapToLong(LoadTestResult.Second::backlog)
                        .anyMatch(backlog -> backlog > run.throughput() * QUEUE_SECONDS + 1);
        return !queued
                && run.outcome().failed() == 0
                && run.latency().getValueAtPercentile(99) <= p99Limit.toNanos();
    }
}
