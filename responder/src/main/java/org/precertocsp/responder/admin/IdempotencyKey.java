package org.precertocsp.responder.admin;

import java.nio.charset.StandardCharsets;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;

/// Identifies a request that may be sent again, together with its content.
///
/// @param name SHA-256 of caller and Idempotency-Key, so that callers cannot share a key
/// @param asked SHA-256 of the request
public record IdempotencyKey(ByteString name, ByteString asked) {
    private static final int MAX_KEY = 255;

    /// @param who the caller
    /// @param key as the header has it
    /// @param asked SHA-256 of the body
    public static IdempotencyKey of(
            String who, String key, ChangeRequestKind kind, ByteString asked) throws ApiException {
        if (!key.matches("[\\x21-\\x7e]{1," + MAX_KEY + "}")) {
            throw ApiException.field(
                    "Idempotency-Key",
                    "expected 1 to %d printable ASCII characters, such as a UUID"
                            .formatted(MAX_KEY));
        }
        return new IdempotencyKey(
                sha256(who + "\n" + key), sha256(kind.word() + "\n" + asked.toHex()));
    }

    private static ByteString sha256(String text) {
        return HashAlgorithm.SHA256.hash(ByteString.of(text.getBytes(StandardCharsets.UTF_8)));
    }
}
