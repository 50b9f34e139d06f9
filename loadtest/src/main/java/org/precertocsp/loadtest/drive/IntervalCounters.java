package org.precertocsp.loadtest.drive;

import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// The counters of one second. Filled by the event loop, then handed over and read elsewhere.
final class IntervalCounters {
    /// Longer times count as this long.
    private static final long LONGEST_NANOS = 300_000_000_000L;

    /// Three digits: within 0.1 %.
    private static final int DIGITS = 3;

    final Histogram latency = newHistogram();
    final Map<RequestFailure, Long> failures = new EnumMap<>(RequestFailure.class);
    long backlog;

    /// All answers, warm-up included, for the progress display.
    long answers;

    static Histogram newHistogram() {
        return new Histogram(LONGEST_NANOS, DIGITS);
    }

    void answered(long nanos) {
        latency.recordValue(Math.clamp(nanos, 1, LONGEST_NANOS));
    }

    void failed(RequestFailure failure) {
        failures.merge(failure, 1L, Long::sum);
    }

    void clear() {
        latency.reset();
        failures.clear();
        backlog = 0;
        answers = 0;
    }
}
