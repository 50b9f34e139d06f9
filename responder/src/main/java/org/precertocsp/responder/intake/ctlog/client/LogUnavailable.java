package org.precertocsp.responder.intake.ctlog.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A log does not answer, or refuses to, after all attempts. Says nothing against its tree; later
/// it may work.
public final class LogUnavailable extends Exception {
    private static final long serialVersionUID = 1L;

    private final @Nullable Duration retryAfter;

    public LogUnavailable(String message, @Nullable Throwable cause) {
        this(message, cause, null);
    }

    private LogUnavailable(
            String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        super(message, cause);
        this.retryAfter = retryAfter;
    }

    static LogUnavailable until(String message, Duration retryAfter) {
        return new LogUnavailable(message, null, retryAfter);
    }

    /// How long the log wants to be left alone, where it said so.
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
