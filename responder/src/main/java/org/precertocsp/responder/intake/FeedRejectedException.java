package org.precertocsp.responder.intake;

import org.jspecify.annotations.Nullable;

/// A whole file is rejected; the message contains the cause and, if there is one, the remedy.
public final class FeedRejectedException extends Exception {
    private static final long serialVersionUID = 1L;

    public FeedRejectedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    public FeedRejectedException(String message) {
        this(message, null);
    }
}
