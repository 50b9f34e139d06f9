package org.precertocsp.responder.admin.change;

import java.nio.charset.StandardCharsets;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;

/// How a caller names a request that may be sent again, and what the request says.
///
/// @param name SHA-256 of caller and Idempotency-Key: callers cannot meet in one key
/// @param asked SHA-256 of what is asked for
public record OnceKey(Octets name, Octets asked) {
    private static final int MAX_KEY = 255;

    /// @param who the caller
    /// @param key as the header has it
    /// @param asked SHA-256 of the body
    public static OnceKey of(String who, String key, FactKind kind, Octets asked) throws Objection {
        if (!key.matches("[\\x21-\\x7e]{1," + MAX_KEY + "}")) {
            throw Objection.field(
                    "Idempotency-Key",
                    "expected 1 to %d printable ASCII characters, such as a UUID"
                            .formatted(MAX_KEY));
        }
        return new OnceKey(sha256(who + "\n" + key), sha256(kind.word() + "\n" + asked.toHex()));
    }

    private static Octets sha256(String text) {
        return HashAlgorithm.SHA256.hash(Octets.of(text.getBytes(StandardCharsets.UTF_8)));
    }
}
