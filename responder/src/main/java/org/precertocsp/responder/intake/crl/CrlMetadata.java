package org.precertocsp.responder.intake.crl;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;

/// The content of a CRL, except its entries.
///
/// @param issuerName DER
/// @param thisUpdate empty if it is no time
/// @param signed range of the tbsCertList, header included
/// @param algorithm DER of the signature's AlgorithmIdentifier
/// @param remarks descriptions of parts that could not be understood and are left out
/// @param sha256 of the whole DER, to detect that the file changes while it is read
record CrlMetadata(
        ByteString issuerName,
        Optional<Instant> thisUpdate,
        Optional<Instant> nextUpdate,
        CrlExtensions extensions,
        Range signed,
        ByteString algorithm,
        ByteString signature,
        List<String> remarks,
        ByteString sha256) {
    CrlMetadata {
        remarks = List.copyOf(remarks);
    }

    /// @param end exclusive
    record Range(long start, long end) {}
}
