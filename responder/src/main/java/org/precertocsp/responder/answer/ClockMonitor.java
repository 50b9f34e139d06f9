package org.precertocsp.responder.answer;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Consumer;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;

/// Alerts an operator when the clocks disagree and ends the alert when they agree again. Also
/// stores the newest time that was signed, so that a later run signs nothing older. Used by one
/// thread.
public final class ClockMonitor implements AutoCloseable {
    private static final String ABOUT = "wall clock";

    /// Maximum age of the stored time. Each store is one small write that does not wait for the
    /// disk.
    private static final Duration KEEP_EVERY = Duration.ofSeconds(10);

    /// The problems, in order of severity.
    private enum Trouble {
        NONE,
        AHEAD,
        BACK,
        BEHIND
    }

    private final MonotonicClock clock;
    private final Alarm alarm;
    private final Consumer<Instant> keep;
    private Trouble raised = Trouble.NONE;
    private Instant kept = Instant.MIN;

    /// @param keep stores the time for the next start; may throw
    ///   [org.precertocsp.responder.status.StoreException]
    public ClockMonitor(MonotonicClock clock, Alarm alarm, Consumer<Instant> keep) {
        this.clock = clock;
        this.alarm = alarm;
        this.keep = keep;
    }

    /// One round; rounds a second apart distinguish slewing from a step.
    public void look() {
        MonotonicClock.Reading reading = clock.read();
        Trouble trouble = trouble(reading);
        if (trouble != raised) {
            if (trouble == Trouble.NONE) {
                alarm.end(Incident.Kind.CLOCK, ABOUT);
            } else {
                alarm.raise(new Incident(Incident.Kind.CLOCK, ABOUT, text(trouble, reading)));
            }
            raised = trouble;
        }
        if (Duration.between(kept, reading.newest()).compareTo(KEEP_EVERY) >= 0) {
            keepNow(reading.newest());
        }
    }

    private void keepNow(Instant newest) {
        if (newest.isAfter(kept)) {
            keep.accept(newest);
            kept = newest;
        }
    }

    /// Stores the newest time of the last rounds.
    @Override
    public void close() {
        keepNow(clock.read().newest());
    }

    private static Trouble trouble(MonotonicClock.Reading reading) {
        if (reading.isBehind()) {
            return Trouble.BEHIND;
        }
        if (reading.stepped()) {
            return reading.wall().isAfter(reading.expected()) ? Trouble.AHEAD : Trouble.BACK;
        }
        return Trouble.NONE;
    }

    private static String text(Trouble trouble, MonotonicClock.Reading reading) {
        Duration step = Duration.between(reading.expected(), reading.wall());
        return switch (trouble) {
            case BEHIND ->
                    "The wall clock says %s, but answers or records of %s were made before. Nothing is signed until that time: what is not stored gets tryLater. Set the clock right. If it is right now and was ahead before, restart with `serve --accept-clock`."
                            .formatted(text(reading.wall()), text(reading.newest()));
            case AHEAD, BACK ->
                    "The wall clock was set %s by %s: it says %s where %s was expected. Until that is settled, answers are signed with the earlier of both times and given out only if they are valid at both. Set the clock right. If it is right now, as after a machine was suspended, restart the server."
                            .formatted(
                                    trouble == Trouble.AHEAD ? "forward" : "back",
                                    step.abs().truncatedTo(ChronoUnit.SECONDS),
                                    text(reading.wall()),
                                    text(reading.expected()));
            case NONE -> throw new IllegalArgumentException("nothing is wrong");
        };
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /// How far the wall clock is ahead of the expected time; negative if it is behind, 0 while it
    /// is trusted.
    public Duration step() {
        MonotonicClock.Reading reading = clock.read();
        return reading.stepped()
                ? Duration.between(reading.expected(), reading.wall())
                : Duration.ZERO;
    }

    /// How long nothing can be signed, if the clock continues as it does now.
    public Duration behind() {
        MonotonicClock.Reading reading = clock.read();
        return reading.isBehind()
                ? Duration.between(reading.range().earliest(), reading.newest())
                : Duration.ZERO;
    }

    /// Why nothing can be signed, or empty.
    ///
    /// @param validity of the shortest answers
    public Optional<String> problem(Duration validity) {
        return clock.problem(validity);
    }
}
