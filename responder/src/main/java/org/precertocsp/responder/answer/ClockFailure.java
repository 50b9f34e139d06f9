package org.precertocsp.responder.answer;

/// The time cannot be trusted; never a status (invariant 3).
public final class ClockFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClockFailure(String message) {
        super(message);
    }
}
