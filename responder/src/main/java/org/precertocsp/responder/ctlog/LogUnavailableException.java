package org.precertocsp.responder.ctlog;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A log did not answer, or refused to, after all attempts. Its tree may be correct; it may work
/// later.
public final class LogUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final @Nullable Duration retryAfter;

    public LogUnavailableException(String message, @Nullable Throwable cause) {
        this(message, cause, null);
    }

    private LogUnavailableException(
            String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        super(message, cause);
        this.retryAfter = retryAfter;
    }

    static LogUnavailableException until(String message, Duration retryAfter) {
        return new LogUnavailableException(message, null, retryAfter);
    }

    /// The log's Retry-After, if it sent one.
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
