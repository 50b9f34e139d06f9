package org.precertocsp.responder.intake.crl;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.Serial;

/// One element of revokedCertificates.
sealed interface CrlEntry {
    int NO_REASON = -1;
    int REMOVE_FROM_CRL = 8;

    /// Offset from the start of the DER.
    long offset();

    /// A serial is listed. Other parts that cannot be understood are left out and reported as
    /// remarks.
    ///
    /// @param at revocationDate; empty if it is no time
    /// @param reason the CRLReason value as encoded, or [#NO_REASON]
    /// @param certificateIssuer DER of that extension's GeneralNames (RFC 5280 §5.3.3)
    /// @param remarks descriptions of parts left out, usually none
    record Revoked(
            long offset,
            Serial serial,
            Optional<Instant> at,
            int reason,
            Optional<Instant> invalidityDate,
            Optional<ByteString> certificateIssuer,
            List<String> remarks)
            implements CrlEntry {}

    /// Its serial cannot be read.
    record Unusable(long offset, String why) implements CrlEntry {}

    /// Receives the entries one after the other.
    @FunctionalInterface
    interface Visitor {
        void entry(CrlEntry entry);
    }
}
