package org.precertocsp.responder.answer;

import org.precertocsp.ocsp.CertStatus;

/// What the store says of one CertID asked.
sealed interface Finding {
    /// A definitive status for an assigned serial (SS-01).
    record Known(CertStatus status) implements Finding {}

    /// Chosen, but not yet carried by a signed precertificate: neither good nor unassigned.
    record Announced() implements Finding {}

    /// No record, or no issuer of ours.
    record Unassigned() implements Finding {}
}
