package org.precertocsp.responder.monitor.wire;

import org.jspecify.annotations.Nullable;

/// Not a usable HTTP address.
public final class BadAddress extends Exception {
    private static final long serialVersionUID = 1L;

    BadAddress(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /// The message, never absent.
    public String explanation() {
        return String.valueOf(getMessage());
    }
}
