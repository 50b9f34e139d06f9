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

    /// From the start of the DER.
    long offset();

    /// A serial is listed. What could not be understood beside it is left out and remarked on.
    ///
    /// @param at revocationDate; empty if it is no time
    /// @param reason the CRLReason value as encoded, or [#NO_REASON]
    /// @param certificateIssuer DER of that extension's GeneralNames (RFC 5280 §5.3.3)
    /// @param remarks what was left out, mostly nothing
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

    /// Takes the entries one after the other.
    @FunctionalInterface
    interface Visitor {
        void entry(CrlEntry entry);
    }
}
