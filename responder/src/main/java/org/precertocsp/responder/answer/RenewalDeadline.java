package org.precertocsp.responder.answer;

import java.time.Duration;
import java.time.Instant;
import org.precertocsp.ocsp.ValidityWindow;

/// When a newer response must be available: the earliest of the deadlines that root programmes and
/// Baseline Requirements set (TF-04 to TF-08).
///
/// With less than eight hours of validity, "eight hours before nextUpdate" lies before thisUpdate
/// and cannot be met; the deadline is then half the validity.
public final class RenewalDeadline {
    private static final Duration BEFORE_EXPIRY = Duration.ofHours(8);
    private static final Duration AGE = Duration.ofDays(4);

    private RenewalDeadline() {}

    public static Instant of(ValidityWindow window) {
        // Not dividedBy, which divides decimals: this is called for each answer that is served.
        Instant half = window.thisUpdate().plusMillis(window.length().toMillis() / 2);
        Instant deadline = earlier(half, window.thisUpdate().plus(AGE));
        Instant early = window.nextUpdate().minus(BEFORE_EXPIRY);
        return early.isAfter(window.thisUpdate()) ? earlier(deadline, early) : deadline;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
