package org.precertocsp.responder.monitor.ctlog;

import org.jspecify.annotations.Nullable;

/// What a log answers is not what its signed head promises; none of it can be used.
public final class NotProven extends Exception {
    private static final long serialVersionUID = 1L;

    NotProven(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
