package org.precertocsp.responder.cli;

import org.jspecify.annotations.Nullable;

/// A command failed; the message states the cause and, if there is one, the remedy.
public final class CommandException extends Exception {
    private static final long serialVersionUID = 1L;

    public CommandException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    public CommandException(String message) {
        this(message, null);
    }

    /// The message, never absent.
    public String explanation() {
        return String.valueOf(getMessage());
    }
}
