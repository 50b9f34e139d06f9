package org.precertocsp.responder.intake.ctlog.client;

import org.jspecify.annotations.Nullable;

/// A log does not answer, or refuses to, after all attempts. Says nothing against its tree; later
/// it may work.
public final class LogUnavailable extends Exception {
    private static final long serialVersionUID = 1L;

    public LogUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
