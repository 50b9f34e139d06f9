package org.precertocsp.responder.answer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.precertocsp.ocsp.ValidityWindow;

/// The current time, as far as the program can determine it. Thread-safe, never blocks.
///
/// There are three sources: the wall clock, which can be set; a monotonic clock, which measures how
/// long the process has run since the wall clock was last trusted; and the newest time that was
/// signed or recorded before, also in an earlier run. If they agree there is one time. If they do
/// not, the time is only known to lie between the earliest and the latest of them, a [TimeRange]:
/// an answer is served if its window covers all of it, and is signed with its earliest time, if
/// that is not before the newest time signed. So no answer has a thisUpdate in the future or is
/// past its nextUpdate, whichever of the clocks is right, and none is signed that is older than one
/// served before (TF-12, TF-14, invariant 3).
///
/// Adjustments of a disciplined clock are trusted: slewing, and corrections of up to ten seconds,
/// as long as all of them together are no more than ten seconds and a tenth of the time that has
/// passed.
public final class MonotonicClock implements InstantSource {
    /// A step this large is trusted, once.
    static final Duration BELIEVED_STEP = Duration.ofSeconds(10);

    /// Slewing is trusted up to one part in this many of the time that passes. The fastest that
    /// Chrony slews is a twelfth.
    private static final int SLEWED_PART = 10;

    /// If the clock is behind the newest time signed by at most this, that time is signed again.
    static final Duration STANDSTILL = Duration.ofSeconds(2);

    private static final long ANCHOR_EVERY = TimeUnit.SECONDS.toNanos(1);

    /// The possible times according to the clocks.
    ///
    /// @param earliest of the times it may be
    /// @param latest of the times it may be; the earliest itself where the clocks agree
    public record TimeRange(Instant earliest, Instant latest) {
        /// True if an answer with that window may be served, whichever time in this range is right.
        public boolean isIn(ValidityWindow window) {
            return window.covers(earliest) && window.covers(latest);
        }
    }

    /// A snapshot of the clocks, for monitoring.
    ///
    /// @param wall the time of the wall clock
    /// @param expected its expected time, from the time that has passed since it was last trusted
    /// @param newest time signed or recorded before, or [Instant#MIN]
    /// @param stepped true while wall and expected are too far apart
    public record Reading(Instant wall, Instant expected, Instant newest, boolean stepped) {
        private Instant earlier() {
            return min(wall, expected);
        }

        /// True while nothing may be signed: it would be older than what was signed before.
        public boolean isBehind() {
            return earlier().plus(STANDSTILL).isBefore(newest);
        }

        TimeRange range() {
            Instant earliest = isBehind() ? earlier() : max(earlier(), newest);
            return new TimeRange(earliest, max(max(wall, expected), newest));
        }

        private Instant time() {
            Instant time = stepped ? expected : wall;
            return isBehind() ? time : max(time, newest);
        }

        private boolean isTrusted() {
            return !stepped && !isBehind();
        }
    }

    /// The time at which the wall clock was last trusted.
    ///
    /// @param nanos of the monotonic clock then
    /// @param credit how large a correction may be, in nanoseconds
    private record Anchor(Instant time, long nanos, long credit) {}

    private final InstantSource wall;
    private final LongSupplier nanos;
    private final AtomicReference<Anchor> anchor;
    private final AtomicReference<Instant> newest = new AtomicReference<>(Instant.MIN);

    // Written only when the clocks begin to disagree and when they agree again.
    private volatile boolean trusted = true;

    /// @param nanos a clock that runs evenly and is never set, such as [System#nanoTime]
    public MonotonicClock(InstantSource wall, LongSupplier nanos) {
        this.wall = wall;
        this.nanos = nanos;
        this.anchor =
                new AtomicReference<>(
                        new Anchor(wall.instant(), nanos.getAsLong(), BELIEVED_STEP.toNanos()));
    }

    /// For a wall clock that is the only source: it is trusted whenever it advances, however far,
    /// and not when it goes back.
    public MonotonicClock(InstantSource wall) {
        this(
                wall,
                () -> {
                    Instant now = wall.instant();
                    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
                });
    }

    /// The time for purposes other than statements about a certificate: arrival times, Date
    /// headers, plans. Advances evenly whatever happens to the wall clock.
    @Override
    public Instant instant() {
        return read().time();
    }

    /// The possible range of the current time.
    public TimeRange range() {
        return read().range();
    }

    /// The window of an answer signed now, which is recorded as signed from now on.
    ///
    /// @param now from [#range], before the status was looked up
    /// @throws UntrustedClockException nothing may be signed
    public ValidityWindow window(TimeRange now, Duration validity) {
        Instant signed = newest.get();
        if (now.earliest().plus(STANDSTILL).isBefore(signed)) {
            throw new UntrustedClockException(
                    "the clock says %s, and answers of %s were signed before"
                            .formatted(text(now.earliest()), text(signed)));
        }
        ValidityWindow window = ValidityWindow.from(now.earliest(), validity);
        if (!now.isIn(window)) {
            throw new UntrustedClockException(
                    "it may be %s or %s, and no answer is valid at both"
                            .formatted(text(now.earliest()), text(now.latest())));
        }
        if (window.thisUpdate().isAfter(signed)) {
            remember(window.thisUpdate());
        }
        return window;
    }

    /// Nothing is signed before this time from now on.
    ///
    /// @param time signed or recorded, possibly in an earlier run
    public void remember(Instant time) {
        newest.accumulateAndGet(time, MonotonicClock::max);
    }

    /// False if the clocks disagreed at the last check.
    boolean isTrusted() {
        return trusted;
    }

    /// Checks the clocks. Must be called about every second, to distinguish slewing from a step.
    public Reading read() {
        Anchor last = anchor.get();
        Instant now = wall.instant();
        long passed = Math.max(0, nanos.getAsLong() - last.nanos());
        Instant expected = last.time().plusNanos(passed);
        Duration apart = Duration.between(expected, now).abs();
        long credit = last.credit() + passed / SLEWED_PART;
        boolean stepped = apart.compareTo(Duration.ofNanos(credit)) > 0;
        if (stepped && isRefuted(expected) && !isRefuted(now)) {
            // It was behind at the start, and has been set correctly.
            anchor.compareAndSet(last, new Anchor(now, last.nanos() + passed, last.credit()));
            expected = now;
            stepped = false;
        } else if (passed >= ANCHOR_EVERY) {
            long left = stepped ? credit : credit - apart.toNanos();
            // A second thread has checked the same moment.
            anchor.compareAndSet(
                    last,
                    new Anchor(
                            stepped ? expected : now,
                            last.nanos() + passed,
                            Math.min(left, BELIEVED_STEP.toNanos())));
        }
        Reading reading = new Reading(now, expected, newest.get(), stepped);
        if (trusted != reading.isTrusted()) {
            trusted = reading.isTrusted();
        }
        return reading;
    }

    /// True of an impossible time: a later one was signed or recorded.
    private boolean isRefuted(Instant time) {
        return time.plus(STANDSTILL).isBefore(newest.get());
    }

    private static Instant min(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Instant max(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /// Why nothing can be signed now, or empty.
    ///
    /// @param validity of the answers
    public Optional<String> problem(Duration validity) {
        Reading reading = read();
        TimeRange range = reading.range();
        if (reading.isBehind()) {
            return Optional.of(
                    "the clock says %s, behind %s that was signed or recorded before: nothing is signed until then"
                            .formatted(text(range.earliest()), text(reading.newest())));
        }
        if (range.latest().minus(validity).isBefore(range.earliest())) {
            return Optional.empty();
        }
        return Optional.of(
                "it may be %s or %s, and no answer is valid at both"
                        .formatted(text(range.earliest()), text(range.latest())));
    }
}
