package org.precertocsp.responder.intake.crl;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;

/// All a CRL says, except its entries.
///
/// @param issuerName DER
/// @param thisUpdate empty if it is no time
/// @param signed where the tbsCertList stands, header included
/// @param algorithm DER of the signature's AlgorithmIdentifier
/// @param remarks what of it could not be understood and is left out
/// @param sha256 of the whole DER, to see whether the file changes while it is read
record CrlOutline(
        Octets issuerName,
        Optional<Instant> thisUpdate,
        Optional<Instant> nextUpdate,
        CrlExtensions extensions,
        Range signed,
        Octets algorithm,
        Octets signature,
        List<String> remarks,
        Octets sha256) {
    CrlOutline {
        remarks = List.copyOf(remarks);
    }

    /// @param end exclusive
    record Range(long start, long end) {}
}
