package org.precertocsp.responder.monitor.rule;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// Dates in HTTP fields (RFC 9110 §5.6.7).
final class HttpDate {
    private HttpDate() {}

    /// Empty for what is no date in the preferred form.
    static Optional<Instant> parse(String text) {
        try {
            return Optional.of(
                    Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text.strip())));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }
}
