package org.precertocsp.responder.ctlog;

import org.jspecify.annotations.Nullable;

/// A log's answers do not match its signed tree head; none of them can be used.
public final class UnprovenLogException extends Exception {
    private static final long serialVersionUID = 1L;

    UnprovenLogException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
