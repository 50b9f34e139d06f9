package org.precertocsp.responder.answer;

/// Nothing may be signed, since it is not known well enough what time it is; never a status
/// (invariant 3). [MonotonicClock] says when.
public final class UntrustedClockException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UntrustedClockException(String message) {
        super(message);
    }
}
