package org.precertocsp.responder.monitor;

import org.jspecify.annotations.Nullable;

/// Not a usable HTTP address.
public final class InvalidUrlException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidUrlException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /// The message, never absent.
    public String explanation() {
        return String.valueOf(getMessage());
    }
}
