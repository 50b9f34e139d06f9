package org.precertocsp.responder.freshness;

import java.time.Duration;
import java.util.function.LongSupplier;

/// Makes renewals yield to clients: a software key's signatures take the processors that answer.
/// While requests come in, renewals work in small pieces, on one thread, and rest three times as
/// long as they worked. Otherwise they take what there is. Used by one thread.
final class Pace {
    /// Fewer requests than these leave the processors idle.
    private static final double BUSY_PER_SECOND = 200;

    private static final int REST = 3;
    private static final Duration LONGEST_REST = Duration.ofSeconds(1);

    private final LongSupplier requests;
    private final LongSupplier nanos;
    private long lastRequests;
    private long lastNanos;
    private boolean busy;

    /// @param requests answered so far
    /// @param nanos a clock that only runs forwards
    Pace(LongSupplier requests, LongSupplier nanos) {
        this.requests = requests;
        this.nanos = nanos;
        this.lastRequests = requests.getAsLong();
        this.lastNanos = nanos.getAsLong();
    }

    /// Whether clients are being served, as of the last [#restAfter].
    boolean isBusy() {
        return busy;
    }

    /// How long to rest after working since the last call, or since the rest after it.
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
