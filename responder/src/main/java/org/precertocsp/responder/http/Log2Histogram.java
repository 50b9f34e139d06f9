package org.precertocsp.responder.http;

import java.util.concurrent.atomic.AtomicLongArray;

/// A histogram with buckets by powers of two, and the sum. A reading during writes is accurate to a
/// few numbers.
///
/// Not Micrometer's or HdrHistogram: an event loop records each of its answers here with two plain
/// stores, where those take atomic instructions and many more buckets.
public final class Log2Histogram {
    private final int buckets;
    private final AtomicLongArray cells;

    /// @param buckets the last but one ends at 2 to the power of `buckets - 1`; one more takes
    ///   larger values
    Log2Histogram(int buckets) {
        this.buckets = buckets;
        this.cells = new AtomicLongArray(buckets + 2);
    }

    /// For a single writing thread: uses no atomic instruction.
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

    /// The merged counts and sum of several, each with as many buckets.
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
