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

/// Adds up the slices on a thread of its own: merging histograms takes long enough to be seen in
/// the latencies if the event loop did it.
final class Ledger implements AutoCloseable {
    private final LoadPlan plan;
    private final Progress progress;
    private final Samples samples;
    private final ExecutorService clerk =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().name("load-ledger").factory());
    private final ConcurrentLinkedQueue<Slice> blank = new ConcurrentLinkedQueue<>();
    private final Histogram latency = Slice.newHistogram();
    private final Map<Failure, Long> failures = new EnumMap<>(Failure.class);
    private final List<LoadRun.Second> timeline = new ArrayList<>();

    Ledger(LoadPlan plan, Progress progress, Samples samples) {
        this.plan = plan;
        this.progress = progress;
        this.samples = samples;
        blank.add(new Slice());
    }

    /// An empty slice for the event loop to fill.
    Slice open() {
        Slice slice = blank.poll();
        return slice == null ? new Slice() : slice;
    }

    /// Takes a filled slice; returns at once.
    ///
    /// @param ended nanoseconds since the measured time began; not positive during warm-up
    /// @param length of the slice in nanoseconds
    void close(Slice slice, long ended, long length) {
        clerk.execute(() -> enter(slice, ended, length));
    }

    private void enter(Slice slice, long ended, long length) {
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

    private static LoadRun.Second second(Slice slice, int offset, long length) {
        Histogram latency = slice.latency;
        return new LoadRun.Second(
                offset,
                length / 1e9,
                latency.getTotalCount(),
                latency.getValueAtPercentile(50),
                latency.getValueAtPercentile(99),
                latency.getValueAtPercentile(99.9),
                latency.getMaxValue(),
                slice.backlog);
    }

    private void report(Slice slice, long ended, long length) {
        Duration total = plan.warmUp().plus(plan.duration());
        progress.passed(
                new Progress.Standing(
                        plan.warmUp().plusNanos(ended),
                        total,
                        Math.round(slice.answers * 1e9 / Math.max(1, length)),
                        failures.values().stream().mapToLong(Long::longValue).sum(),
                        samples.wrong()));
    }

    /// What all slices came to, after checking the samples. Blocks for as long as that takes.
    LoadRun finish(Duration measured, LoadRun.DriverCost cost) throws InterruptedException {
        clerk.shutdown();
        if (!clerk.awaitTermination(1, TimeUnit.HOURS)) {
            throw new IllegalStateException("the ledger of a run took over an hour to add up");
        }
        samples.checkAll();
        return new LoadRun(
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
