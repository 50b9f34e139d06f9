package org.precertocsp.responder.answer;

/// Nothing may be signed, since it is not known well enough what time it is; never a status
/// (invariant 3). [SteadyClock] says when.
public final class ClockFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClockFailure(String message) {
        super(message);
    }
}
