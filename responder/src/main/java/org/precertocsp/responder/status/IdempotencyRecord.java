package org.precertocsp.responder.status;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.precertocsp.der.ByteString;

/// The reply to a request that changed a status, kept so that the same request sent again gets it.
///
/// @param asked SHA-256 of the request: another one under its name is a mistake
/// @param told the reply as it was encoded
/// @param until when it may be forgotten, whole seconds UTC
public record IdempotencyRecord(ByteString asked, ByteString told, Instant until) {
    public IdempotencyRecord {
        until = until.truncatedTo(ChronoUnit.SECONDS);
    }
}
