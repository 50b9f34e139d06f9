package org.precertocsp.responder.intake.crl;

import java.time.Instant;
import java.util.Optional;
import org.precertocsp.ocsp.Serial;

/// One element of revokedCertificates.
sealed interface CrlEntry {
    int NO_REASON = -1;
    int REMOVE_FROM_CRL = 8;

    /// From the start of the DER.
    long offset();

    /// @param reason the CRLReason value as encoded, or [#NO_REASON]
    record Revoked(
            long offset, Serial serial, Instant at, int reason, Optional<Instant> invalidityDate)
            implements CrlEntry {}

    /// Well-formed, but its serial, date or reason is none.
    record Unusable(long offset, String why) implements CrlEntry {}

    /// Takes the entries one after the other.
    @FunctionalInterface
    interface Visitor {
        void entry(CrlEntry entry);
    }
}
