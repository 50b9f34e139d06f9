package org.precertocsp.responder.status;

import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;

/// The newest CRL taken in for one scope; older ones are refused (CR-18).
///
/// @param number cRLNumber; absent on v1 CRLs and careless issuers
/// @param thisUpdate whole seconds UTC
/// @param sha256 of the CRL's DER: the very same file may be loaded again
public record CrlHead(Optional<BigInteger> number, Instant thisUpdate, Octets sha256) {
    public CrlHead {
        thisUpdate = thisUpdate.truncatedTo(ChronoUnit.SECONDS);
    }
}
