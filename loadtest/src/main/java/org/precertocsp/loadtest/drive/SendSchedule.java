package org.precertocsp.loadtest.drive;

import java.time.Duration;

/// The time at which each request of a run should be sent, in nanoseconds of [System#nanoTime()].
sealed interface SendSchedule {
    /// True if a request may be sent now; [#take] then returns its intended time.
    boolean isDue(long now);

    /// The intended time of the request that is now sent.
    long take(long now);

    /// Nanoseconds until the next is due; [Long#MAX_VALUE] if no request will become due with time.
    long untilNext(long now);

    /// Requests that are due and have not been sent.
    long backlog(long now);

    boolean isOver(long now);

    static SendSchedule of(RequestPacing pace, long start, Duration length) {
        return switch (pace) {
            case RequestPacing.Rate rate -> new Fixed(start, length, rate.perSecond());
            case RequestPacing.Saturate _ -> new AsFastAsAnswered(start + length.toNanos());
        };
    }

    /// The n-th request is due n periods after the start, independently of those before it.
    final class Fixed implements SendSchedule {
        private final long start;
        private final double period;
        private final long total;
        private long next;
        private long nextDue;

        Fixed(long start, Duration length, double perSecond) {
            this.start = start;
            this.period = 1e9 / perSecond;
            this.total = Math.round(length.toNanos() / period);
            this.nextDue = start;
        }

        @Override
        public boolean isDue(long now) {
            return nextDue - now <= 0 && next < total;
        }

        @Override
        public long take(long now) {
            long taken = nextDue;
            next++;
            nextDue = start + (long) (next * period);
            return taken;
        }

        @Override
        public long untilNext(long now) {
            return next < total ? Math.max(0, nextDue - now) : Long.MAX_VALUE;
        }

        @Override
        public long backlog(long now) {
            long due = Math.min(total, (long) ((now - start) / period) + 1);
            return Math.max(0, due - next);
        }

        @Override
        public boolean isOver(long now) {
            return next >= total;
        }
    }

    /// A request is due whenever a connection is free, until the end.
    record AsFastAsAnswered(long end) implements SendSchedule {
        @Override
        public boolean isDue(long now) {
            return !isOver(now);
        }

        @Override
        public long take(long now) {
            return now;
        }

        @Override
        public long untilNext(long now) {
            return Long.MAX_VALUE;
        }

        @Override
        public long backlog(long now) {
            return 0;
        }

        @Override
        public boolean isOver(long now) {
            return end - now <= 0;
        }
    }
}
