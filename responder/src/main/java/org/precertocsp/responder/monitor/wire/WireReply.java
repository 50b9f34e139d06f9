package org.precertocsp.responder.monitor.wire;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;

/// One HTTP response.
///
/// @param fields by lower-case name, every line of a repeated field
/// @param took from before connecting until the last octet
/// @param at when the last octet came
public record WireReply(
        int status, Map<String, List<String>> fields, Octets body, Duration took, Instant at) {
    public WireReply {
        fields = Map.copyOf(fields);
    }

    /// The field's lines joined as a list (RFC 9110 §5.3); empty if it is absent.
    public Optional<String> field(String name) {
        return Optional.ofNullable(fields.get(name.toLowerCase(Locale.ROOT)))
                .map(lines -> String.join(", ", lines));
    }
}
