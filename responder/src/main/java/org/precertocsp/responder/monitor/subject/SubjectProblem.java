package org.precertocsp.responder.monitor.subject;

import org.jspecify.annotations.Nullable;

/// A certificate cannot be checked; the message names the file, the cause and the remedy.
public final class SubjectProblem extends Exception {
    private static final long serialVersionUID = 1L;

    SubjectProblem(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    SubjectProblem(String message) {
        this(message, null);
    }

    /// The message, never absent.
    public String explanation() {
        return String.valueOf(getMessage());
    }
}
