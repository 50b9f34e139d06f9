package org.precertocsp.responder.intake;

import org.jspecify.annotations.Nullable;

/// A whole file is refused; the message names the cause and, where there is one, the remedy.
public final class FeedRefused extends Exception {
    private static final long serialVersionUID = 1L;

    public FeedRefused(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    public FeedRefused(String message) {
        this(message, null);
    }
}
