package org.precertocsp.responder.status;

import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.precertocsp.der.ByteString;

/// The newest CRL loaded for one scope; older ones are rejected (CR-18).
///
/// @param number cRLNumber; absent from v1 CRLs and those of careless issuers
/// @param thisUpdate whole seconds UTC
/// @param sha256 of the CRL's DER: the same file may be loaded again
public record LatestCrl(Optional<BigInteger> number, Instant thisUpdate, ByteString sha256) {
    public LatestCrl {
        thisUpdate = thisUpdate.truncatedTo(ChronoUnit.SECONDS);
    }
}
