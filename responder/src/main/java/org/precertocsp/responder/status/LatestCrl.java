package org.precertocsp.responder.status;

import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.precertocsp.der.ByteString;

/// The newest CRL taken in for one scope; older ones are refused (CR-18).
///
/// @param number cRLNumber; absent on v1 CRLs and careless issuers
/// @param thisUpdate whole seconds UTC
/// @param sha256 of the CRL's DER: the very same file may be loaded again
public record LatestCrl(Optional<BigInteger> number, Instant thisUpdate, ByteString sha256) {
    public LatestCrl {
        thisUpdate = thisUpdate.truncatedTo(ChronoUnit.SECONDS);
    }
}
