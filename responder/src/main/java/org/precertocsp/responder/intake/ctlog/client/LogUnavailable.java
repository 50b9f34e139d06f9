package org.precertocsp.responder.intake.ctlog.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A log did not answer, or refused to, after all attempts. Its tree may be correct; it may work
/// later.
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

    /// The log's Retry-After, if it sent one.
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
