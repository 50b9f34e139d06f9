package org.precertocsp.responder.monitor;

import java.net.SocketTimeoutException;
import java.time.Duration;

/// A time limit for one or several exchanges, measured by the monotonic clock.
public record TimeLimit(long startNanos, long limitNanos) {
    public static TimeLimit start(Duration limit) {
        return new TimeLimit(System.nanoTime(), limit.toNanos());
    }

    Duration spent() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /// The remaining time, at least one millisecond.
    ///
    /// @throws SocketTimeoutException no time is left
    int millis() throws SocketTimeoutException {
        long left = limitNanos - (System.nanoTime() - startNanos);
        if (left <= 0) {
            throw new SocketTimeoutException("the time is over");
        }
        return Math.clamp(left / 1_000_000, 1, Integer.MAX_VALUE);
    }
}
