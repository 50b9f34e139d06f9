package org.precertocsp.responder.status;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.precertocsp.ocsp.RevocationReason;

/// The time of a revocation and its reason.
///
/// @param at revocationDate, whole seconds UTC
/// @param reason UNSPECIFIED if none is given
/// @param invalidityDate since when the key is suspected (RFC 5280 §5.3.2), whole seconds UTC
public record Revocation(Instant at, RevocationReason reason, Optional<Instant> invalidityDate) {
    public Revocation {
        at = at.truncatedTo(ChronoUnit.SECONDS);
        invalidityDate = invalidityDate.map(date -> date.truncatedTo(ChronoUnit.SECONDS));
    }
}
