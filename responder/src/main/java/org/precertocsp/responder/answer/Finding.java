package org.precertocsp.responder.answer;

import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.status.StatusRecord;

/// What the store says of one CertID asked.
sealed interface Finding {
    /// A definitive status for an assigned serial (SS-01).
    record Known(CertStatus status) implements Finding {}

    /// Chosen, but not yet carried by a signed precertificate: neither good nor unassigned.
    record Announced() implements Finding {}

    /// No record, or no issuer of ours.
    record Unassigned() implements Finding {}

    static Finding of(StatusRecord record, IssuerProfile profile) {
        return PublicStatus.of(record, profile).<Finding>map(Known::new).orElseGet(Announced::new);
    }
}
