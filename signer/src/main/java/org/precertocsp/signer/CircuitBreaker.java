package org.precertocsp.signer;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Spares callers and token the wait for a key that keeps failing. Thread-safe.
///
/// Opens after so many failures in a row; then lets one probe through per pause, until a success
/// closes it.
final class CircuitBreaker {
    enum Admission {
        FREE,
        PROBE,
        REFUSED
    }

    private final int failuresToOpen;
    private final Duration pause;
    private int failuresInRow;
    private @Nullable Instant nextProbe;
    private SigningState.@Nullable Failure lastFailure;

    CircuitBreaker(int failuresToOpen, Duration pause) {
        this.failuresToOpen = failuresToOpen;
        this.pause = pause;
    }

    synchronized Admission admit(Instant now) {
        if (nextProbe == null) {
            return Admission.FREE;
        }
        // A clock set back must not keep probes away longer than one pause.
        boolean due = !now.isBefore(nextProbe) || nextProbe.isAfter(now.plus(pause));
        if (due) {
            nextProbe = now.plus(pause);
        }
        return due ? Admission.PROBE : Admission.REFUSED;
    }

    synchronized void succeeded() {
        failuresInRow = 0;
        nextProbe = null;
    }

    synchronized void failed(Instant now, String what) {
        lastFailure = new SigningState.Failure(now, what);
        failuresInRow++;
        if (nextProbe == null && failuresInRow >= failuresToOpen) {
            nextProbe = now.plus(pause);
        }
    }

    synchronized boolean isOpen() {
        return nextProbe != null;
    }

    synchronized Optional<SigningState.Failure> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }
}
