package org.precertocsp.responder.monitor;

import org.jspecify.annotations.Nullable;

/// A certificate cannot be checked; the message names the file, the cause and the remedy.
public final class CheckSubjectException extends Exception {
    private static final long serialVersionUID = 1L;

    CheckSubjectException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    CheckSubjectException(String message) {
        this(message, null);
    }

    /// The message, never absent.
    public String explanation() {
        return String.valueOf(getMessage());
    }
}
