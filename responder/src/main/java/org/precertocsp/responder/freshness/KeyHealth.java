package org.precertocsp.responder.freshness;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.precertocsp.signer.SignerUnavailable;
import org.precertocsp.signer.SignerUnavailable.Cause;
import org.precertocsp.signer.SigningState;

/// Whether one key signs: seen from what requests made of it and, after a failure or where there
/// were no requests, from a probe. Looked after by one thread, read by any.
final class KeyHealth {
    /// A key unused for so long is tried, so that a token's death is known before a client meets
    /// it.
    private static final Duration IDLE = Duration.ofSeconds(10);

    /// Tries the key once.
    @FunctionalInterface
    interface Probe {
        void run(Instant now) throws SignerUnavailable;
    }

    private final Probe probe;
    private Instant wellAt;
    private long signed;
    private volatile Optional<String> problem = Optional.empty();

    KeyHealth(Probe probe, Instant now) {
        this.probe = probe;
        this.wellAt = now;
    }

    /// Why the key is unusable, or empty.
    Optional<String> problem() {
        return problem;
    }

    void look(SigningState state, Instant now) {
        boolean failed =
                state.lastFailure().filter(failure -> failure.at().isAfter(wellAt)).isPresent();
        if (state.breakerOpen() || failed || problem.isPresent()) {
            probe(now);
        } else if (state.signed() > signed) {
            well(now);
        } else if (!now.isBefore(wellAt.plus(IDLE))) {
            probe(now);
        }
        signed = state.signed();
    }

    private void probe(Instant now) {
        try {
            probe.run(now);
            well(now);
        } catch (SignerUnavailable e) {
            // A full queue is a busy key, not a broken one.
            if (e.reason() != Cause.QUEUE_FULL) {
                problem = Optional.of(e.reason() + ": " + e.getMessage());
            }
        }
    }

    private void well(Instant now) {
        wellAt = now;
        problem = Optional.empty();
    }
}
