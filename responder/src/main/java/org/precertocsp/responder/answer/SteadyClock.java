package org.precertocsp.responder.answer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/// A clock that refuses to tell the time after a step back: responses signed then would carry a
/// thisUpdate before that of responses already given out (TF-12, TF-14, invariant 3).
public final class SteadyClock implements InstantSource {
    /// Slewing and corrections of this size are what a disciplined clock does.
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private final InstantSource wall;
    private final AtomicReference<Instant> latest = new AtomicReference<>(Instant.MIN);

    // Written when the clock steps back and when it has caught up, and at no other time.
    private volatile boolean trusted = true;

    public SteadyClock(InstantSource wall) {
        this.wall = wall;
    }

    /// @throws ClockFailure while the wall clock stands before a time already told
    @Override
    public Instant instant() {
        Instant now = wall.instant();
        Instant told = advance(now);
        if (isBehind(now, told)) {
            throw new ClockFailure("the clock stepped back from " + told + " to " + now);
        }
        return told;
    }

    /// The latest time told; stands still where the wall clock stepped back. For all that is no
    /// statement about a certificate: arrival times, Date headers.
    public Instant latest() {
        return advance(wall.instant());
    }

    /// False while the last look at the wall clock found it stepped back.
    boolean isTrusted() {
        return trusted;
    }

    private Instant advance(Instant now) {
        Instant before = latest.get();
        if (now.isAfter(before)) {
            latest.accumulateAndGet(now, (a, b) -> a.isAfter(b) ? a : b);
            before = latest.get();
        }
        boolean fine = !isBehind(now, before);
        if (trusted != fine) {
            trusted = fine;
        }
        return before;
    }

    private static boolean isBehind(Instant now, Instant told) {
        return now.plus(TOLERANCE).isBefore(told);
    }
}
