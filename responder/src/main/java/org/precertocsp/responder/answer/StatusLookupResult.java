package org.precertocsp.responder.answer;

import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.status.StatusRecord;

/// The store's record for one CertID in a request.
sealed interface StatusLookupResult {
    /// A definitive status for an assigned serial (SS-01).
    record Known(CertStatus status) implements StatusLookupResult {}

    /// Chosen, but not yet carried by a signed precertificate: neither good nor unassigned.
    record Announced() implements StatusLookupResult {}

    /// No record, or an unknown issuer.
    record Unassigned() implements StatusLookupResult {}

    static StatusLookupResult of(StatusRecord record, IssuerProfile profile) {
        return StatusMapper.of(record, profile)
                .<StatusLookupResult>map(Known::new)
                .orElseGet(Announced::new);
    }
}
