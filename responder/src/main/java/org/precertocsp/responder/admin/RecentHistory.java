package org.precertocsp.responder.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.admin.Overview.Moment;

/// Figures of the last half hour in steps, for the console's charts. Thread-safe.
public final class RecentHistory {
    /// Half an hour in steps of [#STEP].
    static final int KEPT = 360;

    public static final Duration STEP = Duration.ofSeconds(5);

    private static final double NANOS = 1e9;

    /// Counters at one time.
    ///
    /// @param micros response times by powers of two: bucket i ends at 2 to the power of i
    public record Counts(
            Instant at, long requests, long answered, long signed, int waiting, List<Long> micros) {
        public Counts {
            micros = List.copyOf(micros);
        }
    }

    private final Deque<Moment> moments = new ArrayDeque<>();
    private @Nullable Counts last;

    /// Ends a step; the first call only begins one.
    public synchronized void add(Counts now) {
        Counts before = last;
        last = now;
        if (before == null || !now.at().isAfter(before.at())) {
            return;
        }
        long requests = now.requests() - before.requests();
        List<Long> micros = difference(before.micros(), now.micros());
        moments.addLast(
                new Moment(
                        now.at(),
                        Duration.between(before.at(), now.at()).toNanos() / NANOS,
                        requests,
                        requests - (now.answered() - before.answered()),
                        now.signed() - before.signed(),
                        now.waiting(),
                        quantile(micros, 0.5),
                        quantile(micros, 0.99)));
        if (moments.size() > KEPT) {
            moments.removeFirst();
        }
    }

    private static List<Long> difference(List<Long> before, List<Long> now) {
        List<Long> difference = new ArrayList<>(now.size());
        for (int i = 0; i < now.size(); i++) {
            difference.add(now.get(i) - before.get(i));
        }
        return difference;
    }

    /// Assumes that times are distributed evenly within a bucket.
    private static Optional<Double> quantile(List<Long> counts, double part) {
        long all = counts.stream().mapToLong(Long::longValue).sum();
        double wanted = all * part;
        double below = 0;
        for (int i = 0; i < counts.size() && all > 0; i++) {
            long here = counts.get(i);
            if (below + here >= wanted) {
                double end = Math.scalb(1.0, i);
                double begin = i == 0 ? 0 : end / 2;
                return Optional.of(begin + (end - begin) * (wanted - below) / here);
            }
            below += here;
        }
        return Optional.empty();
    }

    /// Oldest first.
    synchronized List<Moment> all() {
        return new ArrayList<>(moments);
    }
}
