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

    public SteadyClock(InstantSource wall) {
        this.wall = wall;
    }

    /// @throws ClockFailure while the wall clock stands before a time already told
    @Override
    public Instant instant() {
        Instant now = wall.instant();
        Instant told = advance(now);
        if (now.isBefore(told.minus(TOLERANCE))) {
            throw new ClockFailure("the clock stepped back from " + told + " to " + now);
        }
        return told;
    }

    /// The latest time told; stands still where the wall clock stepped back. For all that is no
    /// statement about a certificate: arrival times, Date headers.
    public Instant latest() {
        return advance(wall.instant());
    }

    private Instant advance(Instant now) {
        return latest.accumulateAndGet(now, (a, b) -> a.isAfter(b) ? a : b);
    }
}
