package org.precertocsp.responder.answer;

/// Nothing may be signed, since the time is not known well enough; never a status (invariant 3).
/// [MonotonicClock] defines when.
public final class UntrustedClockException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UntrustedClockException(String message) {
        super(message);
    }
}
