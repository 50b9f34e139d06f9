package org.precertocsp.responder.logging;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/// Logs failures that may occur in thousands, such as what strangers can cause: one line a second,
/// with the number of those omitted. Thread-safe.
public final class RateLimitedLogger {
    private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);

    private final Logger log;
    private final AtomicLong next = new AtomicLong(System.nanoTime());
    private final AtomicLong leftOut = new AtomicLong();

    public RateLimitedLogger(Logger log) {
        this.log = log;
    }

    /// @param cause logged with its stack trace
    public void error(String message, Throwable cause) {
        if (isDue()) {
            log.error("{} ({} more not logged)", message, leftOut.getAndSet(0), cause);
        }
    }

    public void error(String message) {
        if (isDue()) {
            log.error("{} ({} more not logged)", message, leftOut.getAndSet(0));
        }
    }

    public void warn(String message) {
        if (isDue()) {
            log.warn("{} ({} more not logged)", message, leftOut.getAndSet(0));
        }
    }

    private boolean isDue() {
        long now = System.nanoTime();
        long due = next.get();
        if (now - due < 0 || !next.compareAndSet(due, now + INTERVAL)) {
            leftOut.incrementAndGet();
            return false;
        }
        return true;
    }
}
