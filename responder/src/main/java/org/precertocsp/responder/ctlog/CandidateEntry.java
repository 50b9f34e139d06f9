package org.precertocsp.responder.ctlog;

import java.time.Instant;
import org.precertocsp.der.ByteString;

/// An entry that names a configured issuer, to be verified after the tree proves it.
///
/// @param index of the entry in the log
/// @param timestamp of the entry
/// @param body DER of the TBSCertificate as logged for a precertificate, else of the certificate
public record CandidateEntry(
        long index, Instant timestamp, ByteString body, EntryExtraData submitted) {
    /// Whether it is a precertificate, not a certificate.
    public boolean isPrecertificate() {
        return submitted.precertificate().isPresent();
    }
}
