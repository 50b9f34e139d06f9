package org.precertocsp.ocsp;

import java.time.Instant;
import java.util.Optional;

/// The status of one serial in a response (RFC 6960 §2.2).
public sealed interface CertStatus {
    /// Assigned and not revoked (SA-02).
    record Good() implements CertStatus {}

    /// @param at whole seconds UTC
    /// @param reason empty where unspecified: the value 0 is never encoded (SA-10)
    record Revoked(Instant at, Optional<RevocationReason> reason) implements CertStatus {}

    /// The signed answer for an unassigned serial where policy prefers it to `unauthorized`
    /// (SA-06).
    record Unknown() implements CertStatus {}
}
