package org.precertocsp.responder.intake.ctlog.client;

import org.jspecify.annotations.Nullable;

/// A log's response does not follow its API. The message names the address and the error.
public final class MalformedAnswer extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedAnswer(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
