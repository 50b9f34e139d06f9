package org.precertocsp.responder.renewal;

import java.time.Duration;
import java.util.function.LongSupplier;

/// Makes renewals yield to clients, since a software key's signatures use the same processors.
/// While requests arrive, renewals work in small batches on one thread, and pause three times as
/// long as they worked. Otherwise they use all their threads. New answers after revocations do not
/// pause: until they are stored, each costs a client's request a signature. Used by one thread.
final class LoadThrottle {
    /// With fewer requests the processors are idle.
    private static final double BUSY_PER_SECOND = 200;

    private static final int REST = 3;
    private static final Duration LONGEST_REST = Duration.ofSeconds(1);

    private final LongSupplier requests;
    private final LongSupplier nanos;
    private long lastRequests;
    private long lastNanos;
    private boolean busy;

    /// @param requests answered so far
    /// @param nanos a monotonic clock
    LoadThrottle(LongSupplier requests, LongSupplier nanos) {
        this.requests = requests;
        this.nanos = nanos;
        this.lastRequests = requests.getAsLong();
        this.lastNanos = nanos.getAsLong();
    }

    /// Whether requests arrive, as of the last [#restAfter].
    boolean isBusy() {
        return busy;
    }

    /// How long to pause after this much work.
    Duration restAfter(Duration work) {
        long now = nanos.getAsLong();
        long count = requests.getAsLong();
        double seconds = Math.max(1, now - lastNanos) / 1e9;
        busy = (count - lastRequests) / seconds > BUSY_PER_SECOND;
        lastNanos = now;
        lastRequests = count;
        if (!busy) {
            return Duration.ZERO;
        }
        Duration rest = work.multipliedBy(REST);
        return rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST;
    }
}
