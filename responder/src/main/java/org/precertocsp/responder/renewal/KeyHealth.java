package org.precertocsp.responder.renewal;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.precertocsp.signer.SignerUnavailableException;
import org.precertocsp.signer.SignerUnavailableException.Cause;
import org.precertocsp.signer.SigningState;

/// Whether one key signs, from the results of requests and, after a failure or without requests,
/// from a probe. Updated by one thread, read by any.
///
/// A key that failed is healthy again after its first good signature. A key that made a signature
/// that does not verify must first sign correctly for [#STEADY].
final class KeyHealth {
    /// A key unused for so long is probed, so that a dead token is detected before a client needs
    /// it.
    private static final Duration IDLE = Duration.ofSeconds(10);

    static final Duration STEADY = Duration.ofSeconds(30);

    /// Signs with the key once.
    @FunctionalInterface
    interface Probe {
        void run(Instant now) throws SignerUnavailableException;
    }

    private final Probe probe;
    private Instant wellAt;
    private long signed;
    private Instant signedAt;
    private long invalid;
    private Optional<Instant> invalidAt = Optional.empty();
    private volatile Optional<String> problem = Optional.empty();

    KeyHealth(Probe probe, Instant now) {
        this.probe = probe;
        this.wellAt = now;
        this.signedAt = now;
    }

    /// Why the key is unusable, or empty.
    Optional<String> problem() {
        return problem;
    }

    void update(SigningState state, Instant now) {
        boolean failed =
                state.lastFailure().filter(failure -> failure.at().isAfter(wellAt)).isPresent();
        checkForInvalid(state, now);
        boolean signs = state.signed() > signed;
        if (signs) {
            signed = state.signed();
            signedAt = now;
        }
        if (state.breakerOpen() || failed || problem.isPresent()) {
            probe(state, now);
        } else if (signs) {
            well(now);
        } else if (!now.isBefore(wellAt.plus(IDLE))) {
            probe(state, now);
        }
    }

    private void checkForInvalid(SigningState state, Instant now) {
        long count = state.refused().getOrDefault(Cause.SIGNATURE_INVALID, 0L);
        if (count > invalid) {
            invalid = count;
            invalidAt = Optional.of(now);
            problem =
                    Optional.of(
                            Cause.SIGNATURE_INVALID
                                    + ": "
                                    + state.lastFailure()
                                            .map(SigningState.Failure::what)
                                            .orElse("a signature does not verify"));
        }
    }

    private void probe(SigningState state, Instant now) {
        try {
            probe.run(now);
            well(now);
        } catch (SignerUnavailableException e) {
            // A later failure says less than a signature that does not verify.
            boolean known = problem.isPresent() && !isSteady(now);
            if (!known && !isBusy(e.reason(), now)) {
                problem = Optional.of(cause(e, state));
            }
        }
    }

    /// A full queue or an expired deadline means a busy key as long as it signs at all; a hanging
    /// key has them, too.
    private boolean isBusy(Cause reason, Instant now) {
        return (reason == Cause.QUEUE_FULL || reason == Cause.DEADLINE)
                && problem.isEmpty()
                && now.isBefore(signedAt.plus(IDLE));
    }

    /// The key's last failure, if the probe did not reach the key.
    private String cause(SignerUnavailableException e, SigningState state) {
        String own = e.reason() + ": " + e.getMessage();
        return e.reason().isOfKey()
                ? own
                : state.lastFailure()
                        .filter(failure -> failure.at().isAfter(wellAt))
                        .map(SigningState.Failure::what)
                        .orElse(own);
    }

    private void well(Instant now) {
        wellAt = now;
        if (isSteady(now)) {
            invalidAt = Optional.empty();
            problem = Optional.empty();
        }
    }

    /// A clock that was set back must not prolong it.
    private boolean isSteady(Instant now) {
        return invalidAt.filter(at -> now.isBefore(at.plus(STEADY)) && !now.isBefore(at)).isEmpty();
    }
}
