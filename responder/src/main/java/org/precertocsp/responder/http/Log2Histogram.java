package org.precertocsp.responder.http;

import java.util.concurrent.atomic.AtomicLongArray;

/// How numbers are spread: counts by powers of two, and their sum. Reading while others write gives
/// a view that is right to a few numbers.
///
/// Not Micrometer's or HdrHistogram: an event loop counts each of its answers here with two plain
/// stores, for which those take atomic instructions and many more buckets.
public final class Log2Histogram {
    private final int buckets;
    private final AtomicLongArray cells;

    /// @param buckets the last but one ends at 2 to the power of `buckets - 1`; one more takes the
    ///   rest
    Log2Histogram(int buckets) {
        this.buckets = buckets;
        this.cells = new AtomicLongArray(buckets + 2);
    }

    /// For one writing thread only: costs no atomic instruction.
    void addAlone(long value, long times) {
        int at = bucket(value);
        cells.setOpaque(at, cells.getPlain(at) + times);
        cells.setOpaque(buckets + 1, cells.getPlain(buckets + 1) + value * times);
    }

    /// For any thread.
    void add(long value) {
        cells.getAndIncrement(bucket(value));
        cells.getAndAdd(buckets + 1, value);
    }

    private int bucket(long value) {
        return Math.min(value <= 1 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(value - 1), buckets);
    }

    /// Counts and sum of several together, each of as many buckets.
    static long[] total(Iterable<Log2Histogram> spreads, int buckets) {
        long[] total = new long[buckets + 2];
        for (Log2Histogram spread : spreads) {
            for (int i = 0; i < total.length; i++) {
                total[i] += spread.cells.getOpaque(i);
            }
        }
        return total;
    }
}
