package org.precertocsp.loadtest.drive;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// The measurements of a run.
///
/// @param plan as requested
/// @param measured from the end of warm-up to the end of the plan, or to the last answer if that
///   came later
/// @param outcome numbers of answers by kind
/// @param latency nanoseconds from the intended send to the last byte of the answer
/// @param timeline one entry per second of the measured time; the last ones may contain late
///   answers
/// @param cost resources that the driver itself used
public record LoadTestResult(
        LoadTestPlan plan,
        Duration measured,
        Outcome outcome,
        Histogram latency,
        List<Second> timeline,
        DriverCost cost) {
    /// @param completed answers with HTTP status 200 that were not found to be wrong at once
    /// @param failures by kind, only those that occurred
    /// @param wrong by kind, only those that occurred, warm-up included
    /// @param verified number of answers checked completely
    /// @param examples the first wrong answers, at most 20
    public record Outcome(
            long completed,
            Map<RequestFailure, Long> failures,
            Map<AnswerFault, Long> wrong,
            long verified,
            List<WrongAnswer> examples) {
        public long failed() {
            return failures.values().stream().mapToLong(Long::longValue).sum();
        }

        public long wrongAnswers() {
            return wrong.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /// @param offset second since the measured time began
    /// @param length in seconds: 1 except for the last
    /// @param p50 nanoseconds, like the others
    /// @param backlog requests that were due but not sent when the second ended
    public record Second(
            int offset,
            double length,
            long completed,
            long p50,
            long p99,
            long p999,
            long max,
            long backlog) {
        public double throughput() {
            return completed / Math.max(1e-9, length);
        }
    }

    /// The resources used by the driver's thread.
    ///
    /// @param cpu without the time spent polling for the next request to be due
    /// @param share of the measured time: of its core; near 1 the driver was a limit
    public record DriverCost(Duration cpu, double share) {
        /// From this share on a driver may be what kept a server from answering more: the rest of
        /// its core goes to the compiler, the collector and the kernel.
        public static final double SATURATED = 0.85;

        public boolean isSaturated() {
            return share >= SATURATED;
        }
    }

    /// Answers per second.
    public double throughput() {
        return outcome.completed() / Math.max(1e-9, measured.toNanos() / 1e9);
    }
}
