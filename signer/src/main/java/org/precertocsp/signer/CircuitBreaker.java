package org.precertocsp.signer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Spares callers and token the wait for a key that keeps failing. Thread-safe.
///
/// Opens after so many failures in a row; then lets one probe through per pause, until a success
/// closes it. While nothing fails, it takes no lock.
final class CircuitBreaker {
    enum Admission {
        FREE,
        PROBE,
        REFUSED
    }

    private final int failuresToOpen;
    private final Duration pause;
    // Written under the lock.
    private volatile int failuresInRow;
    private volatile @Nullable Instant nextProbe;
    private SigningState.@Nullable Failure lastFailure;

    CircuitBreaker(int failuresToOpen, Duration pause) {
        this.failuresToOpen = failuresToOpen;
        this.pause = pause;
    }

    Admission admit(InstantSource clock) {
        return nextProbe == null ? Admission.FREE : probe(clock.instant());
    }

    private synchronized Admission probe(Instant now) {
        Instant next = nextProbe;
        if (next == null) {
            return Admission.FREE;
        }
        // A clock set back must not keep probes away longer than one pause.
        boolean due = !now.isBefore(next) || next.isAfter(now.plus(pause));
        if (due) {
            nextProbe = now.plus(pause);
        }
        return due ? Admission.PROBE : Admission.REFUSED;
    }

    void succeeded() {
        if (failuresInRow != 0 || nextProbe != null) {
            reset();
        }
    }

    private synchronized void reset() {
        failuresInRow = 0;
        nextProbe = null;
    }

    synchronized void failed(Instant now, String what) {
        lastFailure = new SigningState.Failure(now, what);
        int failures = failuresInRow + 1;
        failuresInRow = failures;
        if (nextProbe == null && failures >= failuresToOpen) {
            nextProbe = now.plus(pause);
        }
    }

    boolean isOpen() {
        return nextProbe != null;
    }

    synchronized Optional<SigningState.Failure> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }
}
