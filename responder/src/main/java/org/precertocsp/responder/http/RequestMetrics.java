package org.precertocsp.responder.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.HashAlgorithm;

/// Requests, their outcomes and durations, for metrics. Thread-safe.
public final class RequestMetrics {
    /// Up to 16 seconds, in microseconds.
    static final int TIME_BUCKETS = 25;

    /// Up to twelve days, in seconds.
    static final int AGE_BUCKETS = 21;

    static final String ANSWERED = "answered";
    static final String NO_HASH = "none";

    /// The labels of a counter.
    ///
    /// @param method get, post or other
    /// @param hash of the CertID, such as sha1; none if there was no query
    /// @param outcome answered, an OCSP error such as try_later, or an HTTP status such as http_404
    public record Kind(String method, String hash, String outcome) implements Comparable<Kind> {
        @Override
        public int compareTo(Kind other) {
            return toString().compareTo(other.toString());
        }
    }

    /// A histogram with buckets by powers of two.
    ///
    /// @param counts of the bucket that ends at 2 to the power of its index; the last contains
    ///   larger values
    public record Distribution(List<Long> counts, long sum) {}

    private final CopyOnWriteArrayList<EventLoopCounters> loops = new CopyOnWriteArrayList<>();
    private final Map<Kind, LongAdder> others = new ConcurrentHashMap<>();
    private final Log2Histogram chainMicros = new Log2Histogram(TIME_BUCKETS);
    private final Log2Histogram chainAges = new Log2Histogram(AGE_BUCKETS);

    /// One for each event loop.
    EventLoopCounters newLoop() {
        EventLoopCounters loop = new EventLoopCounters();
        loops.add(loop);
        return loop;
    }

    /// Counts a reply of the answer service, and the time to it.
    ///
    /// @param begin when the request was complete, as [System#nanoTime]
    void replied(long begin, Kind kind) {
        chainMicros.add((System.nanoTime() - begin) / 1_000);
        count(kind);
    }

    /// Counts a reply that needed no lookup.
    void count(Kind kind) {
        others.computeIfAbsent(kind, _ -> new LongAdder()).increment();
    }

    /// Counts a response of the answer service that was sent.
    ///
    /// @param seconds since its thisUpdate
    void served(long seconds) {
        chainAges.add(Math.max(0, seconds));
    }

    /// The number of requests of each kind.
    public Map<Kind, Long> requests() {
        Map<Kind, Long> all = new TreeMap<>();
        others.forEach((kind, count) -> all.put(kind, count.sum()));
        for (EventLoopCounters loop : loops) {
            for (HashAlgorithm hash : HashAlgorithm.values()) {
                for (boolean post : new boolean[] {false, true}) {
                    add(all, loop, post, hash, true);
                    add(all, loop, post, hash, false);
                }
            }
        }
        return all;
    }

    @SuppressWarnings("EnumOrdinal") // As EventLoopCounters counts.
    private static void add(
            Map<Kind, Long> all,
            EventLoopCounters loop,
            boolean post,
            HashAlgorithm hash,
            boolean answer) {
        long count = loop.requests(post, hash.ordinal(), answer);
        if (count > 0) {
            Kind kind =
                    new Kind(
                            post ? "post" : "get", hash.word(), answer ? ANSWERED : "unauthorized");
            all.merge(kind, count, Long::sum);
        }
    }

    /// Answered on event loops.
    public long ready() {
        long sum = 0;
        for (long count : loopMicros().counts()) {
            sum += count;
        }
        return sum;
    }

    /// Microseconds from bytes read to reply written, of requests answered on event loops.
    public Distribution loopMicros() {
        return distribution(loops.stream().map(loop -> loop.micros).toList(), TIME_BUCKETS);
    }

    /// Microseconds from a complete request to its reply, of all others.
    public Distribution chainMicros() {
        return distribution(List.of(chainMicros), TIME_BUCKETS);
    }

    /// Seconds since thisUpdate, of responses sent.
    public Distribution ages() {
        List<Log2Histogram> all = new ArrayList<>();
        loops.forEach(loop -> all.add(loop.ages));
        all.add(chainAges);
        return distribution(all, AGE_BUCKETS);
    }

    private static Distribution distribution(Iterable<Log2Histogram> spreads, int buckets) {
        long[] total = Log2Histogram.total(spreads, buckets);
        return new Distribution(
                Arrays.stream(total).limit(buckets + 1L).boxed().toList(), total[buckets + 1]);
    }

    /// The requests that one event loop answered by itself. Written by that loop alone, without
    /// atomic instructions and without garbage; read for metrics by any thread.
    static final class EventLoopCounters {
        static final int HASHES = HashAlgorithm.values().length;

        private final AtomicLongArray requests = new AtomicLongArray(2 * HASHES * 2);
        final Log2Histogram micros = new Log2Histogram(RequestMetrics.TIME_BUCKETS);
        final Log2Histogram ages = new Log2Histogram(RequestMetrics.AGE_BUCKETS);

        @SuppressWarnings("EnumOrdinal") // An index into this process's counters, never kept.
        void answered(
                boolean post, @Nullable HashAlgorithm hash, HttpReply reply, long epochMilli) {
            int at = index(post, hash == null ? 0 : hash.ordinal(), reply.isCacheable());
            requests.setOpaque(at, requests.getPlain(at) + 1);
            if (reply.isCacheable()) {
                ages.addAlone(Math.max(0, epochMilli - reply.thisUpdateMilli()) / 1_000, 1);
            }
        }

        /// @param count requests answered together, each counted with this time
        void took(int count, long nanos) {
            micros.addAlone(nanos / 1_000, count);
        }

        long requests(boolean post, int hash, boolean answer) {
            return requests.getOpaque(index(post, hash, answer));
        }

        private static int index(boolean post, int hash, boolean answer) {
            return ((post ? HASHES : 0) + hash) * 2 + (answer ? 1 : 0);
        }
    }

    /// A histogram with buckets by powers of two, and the sum. A reading during writes is accurate
    /// to a few numbers.
    ///
    /// Not Micrometer's or HdrHistogram: an event loop records each of its answers here with two
    /// plain stores, where those take atomic instructions and many more buckets.
    public static final class Log2Histogram {
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
            return Math.min(
                    value <= 1 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(value - 1), buckets);
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
}
