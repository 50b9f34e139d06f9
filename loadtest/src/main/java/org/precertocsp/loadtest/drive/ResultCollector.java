package org.precertocsp.loadtest.drive;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Adds up the slices on a thread of its own: merging histograms takes so long that it would show
/// in the latencies if the event loop did it.
final class ResultCollector implements AutoCloseable {
    private final LoadTestPlan plan;
    private final RunProgressListener progress;
    private final AnswerSamples samples;
    private final ExecutorService clerk =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().name("load-ledger").factory());
    private final ConcurrentLinkedQueue<IntervalCounters> blank = new ConcurrentLinkedQueue<>();
    private final Histogram latency = IntervalCounters.newHistogram();
    private final Map<RequestFailure, Long> failures = new EnumMap<>(RequestFailure.class);
    private final List<LoadTestResult.Second> timeline = new ArrayList<>();

    ResultCollector(LoadTestPlan plan, RunProgressListener progress, AnswerSamples samples) {
        this.plan = plan;
        this.progress = progress;
        this.samples = samples;
        blank.add(new IntervalCounters());
    }

    /// An empty slice for the event loop to fill.
    IntervalCounters open() {
        IntervalCounters slice = blank.poll();
        return slice == null ? new IntervalCounters() : slice;
    }

    /// Takes a filled slice; returns at once.
    ///
    /// @param ended nanoseconds since the measured time began; not positive during warm-up
    /// @param length of the slice in nanoseconds
    void close(IntervalCounters slice, long ended, long length) {
        clerk.execute(() -> enter(slice, ended, length));
    }

    private void enter(IntervalCounters slice, long ended, long length) {
        slice.failures.forEach((failure, count) -> failures.merge(failure, count, Long::sum));
        latency.add(slice.latency);
        if (ended > 0) {
            timeline.add(second(slice, timeline.size(), length));
        }
        report(slice, ended, length);
        slice.clear();
        blank.add(slice);
        if (samples.isFull()) {
            samples.checkAll();
        }
    }

    private static LoadTestResult.Second second(IntervalCounters slice, int offset, long length) {
        Histogram latency = slice.latency;
        return new LoadTestResult.Second(
                offset,
                length / 1e9,
                latency.getTotalCount(),
                latency.getValueAtPercentile(50),
                latency.getValueAtPercentile(99),
                latency.getValueAtPercentile(99.9),
                latency.getMaxValue(),
                slice.backlog);
    }

    private void report(IntervalCounters slice, long ended, long length) {
        Duration total = plan.warmUp().plus(plan.duration());
        progress.passed(
                new RunProgressListener.Standing(
                        plan.warmUp().plusNanos(ended),
                        total,
                        Math.round(slice.answers * 1e9 / Math.max(1, length)),
                        failures.values().stream().mapToLong(Long::longValue).sum(),
                        samples.wrong()));
    }

    /// The sum of all slices, after checking the samples. Blocks meanwhile.
    LoadTestResult finish(Duration measured, LoadTestResult.DriverCost cost)
            throws InterruptedException {
        clerk.shutdown();
        if (!clerk.awaitTermination(1, TimeUnit.HOURS)) {
            throw new IllegalStateException("the ledger of a run took over an hour to add up");
        }
        samples.checkAll();
        return new LoadTestResult(
                plan,
                measured,
                samples.outcome(latency.getTotalCount(), failures),
                latency,
                List.copyOf(timeline),
                cost);
    }

    @Override
    public void close() {
        clerk.shutdownNow();
    }
}
