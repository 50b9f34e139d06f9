package org.precertocsp.responder.intake.crl;

import java.time.Instant;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;

/// All a CRL says, except its entries.
///
/// @param version 1 or 2, as people count
/// @param issuerName DER
/// @param entries how many there are
/// @param firstRemoval offset of the first entry with reason removeFromCRL
/// @param signed where the tbsCertList stands, header included
/// @param algorithm DER of the signature's AlgorithmIdentifier, the same inside and outside
/// @param sha256 of the whole DER
record CrlOutline(
        int version,
        Octets issuerName,
        Instant thisUpdate,
        Optional<Instant> nextUpdate,
        long entries,
        Optional<Long> firstRemoval,
        CrlExtensions extensions,
        Range signed,
        Octets algorithm,
        Octets signature,
        Octets sha256) {

    /// @param end exclusive
    record Range(long start, long end) {}
}
