package org.precertocsp.responder.answer;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.ocsp.Serial;

/// Instructions to caches in addition to the times of an answer.
///
/// @param maxAge maximum time they may keep it
/// @param fields more header fields
public record CacheHints(Duration maxAge, Map<String, String> fields) {
    /// No additional instructions.
    public static final CacheHints NONE = new CacheHints(Duration.ofDays(36_500), Map.of());

    public CacheHints {
        fields = Map.copyOf(fields);
    }

    /// The instructions to caches for all answers of one issuer.
    ///
    /// @param issuer its name in the configuration
    /// @param keyHeader the header that carries surrogate keys, if any
    public record Policy(String issuer, Duration maxAge, Optional<String> keyHeader) {
        /// For issuers without a policy.
        public static final Policy NONE =
                new Policy("", CacheHints.NONE.maxAge(), Optional.empty());

        CacheHints of(Serial serial) {
            return new CacheHints(
                    maxAge,
                    keyHeader
                            .map(header -> Map.of(header, surrogateKey(issuer, serial)))
                            .orElse(Map.of()));
        }
    }

    /// The key by which a CDN finds all answers about a serial, whatever their URLs.
    ///
    /// @param issuer its name in the configuration
    public static String surrogateKey(String issuer, Serial serial) {
        return issuer + "-" + serial.toHex();
    }
}
