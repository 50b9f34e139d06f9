package org.precertocsp.responder.monitor;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.der.ByteString;

/// One HTTP response.
///
/// @param fields by lower-case name, with every line of a repeated field
/// @param took from before connecting until the last byte
/// @param at when the last byte was received
public record RawHttpResponse(
        int status, Map<String, List<String>> fields, ByteString body, Duration took, Instant at) {
    public RawHttpResponse {
        fields = Map.copyOf(fields);
    }

    /// The field's lines joined as a list (RFC 9110 §5.3); empty if it is absent.
    public Optional<String> field(String name) {
        return Optional.ofNullable(fields.get(name.toLowerCase(Locale.ROOT)))
                .map(lines -> String.join(", ", lines));
    }

    /// A field that holds a date in the preferred form (RFC 9110 §5.6.7); empty if it does not.
    public Optional<Instant> date(String name) {
        try {
            return field(name)
                    .map(
                            it ->
                                    Instant.from(
                                            DateTimeFormatter.RFC_1123_DATE_TIME.parse(
                                                    it.strip())));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }
}
