package org.precertocsp.responder.ctlog;

import org.jspecify.annotations.Nullable;

/// A log's public key or a log list cannot be used; the message is for the operator.
public final class InvalidLogKeyException extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidLogKeyException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
