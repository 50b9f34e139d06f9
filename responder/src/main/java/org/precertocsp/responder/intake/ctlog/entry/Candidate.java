package org.precertocsp.responder.intake.ctlog.entry;

import java.time.Instant;
import org.precertocsp.ocsp.Octets;

/// An entry that names an issuer of ours: to be judged once the tree proves it.
///
/// @param index of the entry in the log
/// @param timestamp when the log took it in
/// @param body DER of the TBSCertificate as logged for a precertificate, else of the certificate
public record Candidate(long index, Instant timestamp, Octets body, Submitted submitted) {
    /// Whether the log holds a precertificate, not a certificate.
    public boolean isPrecertificate() {
        return submitted.precertificate().isPresent();
    }
}
