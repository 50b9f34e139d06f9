package org.precertocsp.responder.duty;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A histogram of the delays of one issuer's serials. Thread-safe.
final class Delays {
    /// Upper bounds of the buckets; 15 minutes are one of them.
    static final List<Duration> BOUNDS =
            List.of(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(10),
                    Duration.ofMinutes(15),
                    Duration.ofMinutes(30),
                    Duration.ofHours(1),
                    Duration.ofHours(6),
                    Duration.ofDays(1));

    private static final double MILLIS = TimeUnit.SECONDS.toMillis(1);

    // Guarded by this.
    private final long[] counts = new long[BOUNDS.size() + 1];
    private double seconds;
    private long overdue;

    /// @param serials number with this delay
    synchronized void add(Duration delay, long serials) {
        int bucket = 0;
        while (bucket < BOUNDS.size() && delay.compareTo(BOUNDS.get(bucket)) > 0) {
            bucket++;
        }
        counts[bucket] += serials;
        seconds += serials * (delay.toMillis() / MILLIS);
        if (delay.compareTo(FirstAnswers.DUTY) > 0) {
            overdue += serials;
        }
    }

    /// Counts serials that were found to be late afterwards, without adding them to a bucket again.
    synchronized void addOverdue(long serials) {
        overdue += serials;
    }

    /// @param counts of each bucket, the unbounded one last
    /// @param seconds sum of all delays
    /// @param overdue serials with more than 15 minutes
    record Read(List<Long> counts, double seconds, long overdue) {}

    synchronized Read read() {
        return new Read(Arrays.stream(counts).boxed().toList(), seconds, overdue);
    }
}
