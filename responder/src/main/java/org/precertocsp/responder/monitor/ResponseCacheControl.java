package org.precertocsp.responder.monitor;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A response's instructions for caches (RFC 9111 §5.2).
///
/// @param directives by lower-case name, their values without quotes
record ResponseCacheControl(Map<String, String> directives, boolean pragmaNoCache, long age) {
    static ResponseCacheControl of(RawHttpResponse reply) {
        Map<String, String> directives = new LinkedHashMap<>();
        for (String each : reply.field("cache-control").orElse("").split(",", -1)) {
            String[] parts = each.strip().split("=", 2);
            if (!parts[0].isEmpty()) {
                directives.putIfAbsent(
                        parts[0].toLowerCase(Locale.ROOT),
                        parts.length > 1 ? parts[1].replace("\"", "") : "");
            }
        }
        boolean pragma =
                Arrays.asList(reply.field("pragma").orElse("").split("[, ]+", -1))
                        .contains("no-cache");
        return new ResponseCacheControl(
                directives, pragma, seconds(reply.field("age").orElse("0")));
    }

    Set<String> names() {
        return directives.keySet();
    }

    boolean forbidsCaching() {
        return pragmaNoCache
                || directives.containsKey("no-cache")
                || directives.containsKey("no-store");
    }

    /// How much longer a shared cache may keep it: s-maxage before max-age, minus its age (HT-12).
    Optional<Duration> lifetime() {
        return Optional.ofNullable(directives.get("s-maxage"))
                .or(() -> Optional.ofNullable(directives.get("max-age")))
                .map(text -> Duration.ofSeconds(Math.max(0, seconds(text) - age)));
    }

    private static long seconds(String text) {
        return text.matches("\\d{1,10}") ? Long.parseLong(text) : 0;
    }

    String text() {
        return directives.isEmpty() && !pragmaNoCache
                ? "none"
                : directives + (pragmaNoCache ? ", Pragma: no-cache" : "");
    }
}
