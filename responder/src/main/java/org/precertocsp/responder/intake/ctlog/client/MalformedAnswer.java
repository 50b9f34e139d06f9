package org.precertocsp.responder.intake.ctlog.client;

import org.jspecify.annotations.Nullable;

/// A log answers, but not what its API promises. The message names address and fault.
public final class MalformedAnswer extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedAnswer(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
