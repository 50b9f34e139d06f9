package org.precertocsp.responder.status;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.precertocsp.der.ByteString;

/// The reply to a request that changed a status, stored so that a repeated request receives the
/// same reply.
///
/// @param asked SHA-256 of the request: a different request with the same key is an error
/// @param told the encoded reply
/// @param until when it may be deleted, whole seconds UTC
public record IdempotencyRecord(ByteString asked, ByteString told, Instant until) {
    public IdempotencyRecord {
        until = until.truncatedTo(ChronoUnit.SECONDS);
    }
}
