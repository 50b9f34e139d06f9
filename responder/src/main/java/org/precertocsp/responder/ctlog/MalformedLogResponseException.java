package org.precertocsp.responder.ctlog;

import org.jspecify.annotations.Nullable;

/// A log's response does not follow its API. The message names the address and the error.
public final class MalformedLogResponseException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedLogResponseException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
