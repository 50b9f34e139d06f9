package org.precertocsp.signer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keeps callers from waiting for a key, or another node, that keeps failing. Thread-safe.
///
/// Opens after the configured number of consecutive failures; then admits one probe per pause,
/// until a success closes it. While nothing fails, it takes no lock.
public final class CircuitBreaker {
    /// Whether a call may be made.
    public enum Admission {
        /// Nothing fails.
        FREE,
        /// To find out whether it still fails.
        PROBE,
        /// It keeps failing, and the next probe is not due.
        REFUSED
    }

    private final int failuresToOpen;
    private final Duration pause;
    // Written under the lock.
    private volatile int failuresInRow;
    private volatile @Nullable Instant nextProbe;
    private SigningState.@Nullable Failure lastFailure;

    /// @param failuresToOpen consecutive failures
    /// @param pause between two probes
    public CircuitBreaker(int failuresToOpen, Duration pause) {
        this.failuresToOpen = failuresToOpen;
        this.pause = pause;
    }

    /// To be called before each call.
    public Admission admit(InstantSource clock) {
        return nextProbe == null ? Admission.FREE : probe(clock.instant());
    }

    private synchronized Admission probe(Instant now) {
        Instant next = nextProbe;
        if (next == null) {
            return Admission.FREE;
        }
        // A clock that was set back must not delay probes longer than one pause.
        boolean due = !now.isBefore(next) || next.isAfter(now.plus(pause));
        if (due) {
            nextProbe = now.plus(pause);
        }
        return due ? Admission.PROBE : Admission.REFUSED;
    }

    /// A call succeeded: the breaker closes.
    public void succeeded() {
        if (failuresInRow != 0 || nextProbe != null) {
            reset();
        }
    }

    private synchronized void reset() {
        failuresInRow = 0;
        nextProbe = null;
    }

    /// @param what for people
    public synchronized void failed(Instant now, String what) {
        lastFailure = new SigningState.Failure(now, what);
        int failures = failuresInRow + 1;
        failuresInRow = failures;
        if (nextProbe == null && failures >= failuresToOpen) {
            nextProbe = now.plus(pause);
        }
    }

    /// True while only probes are admitted.
    public boolean isOpen() {
        return nextProbe != null;
    }

    public synchronized Optional<SigningState.Failure> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }
}
