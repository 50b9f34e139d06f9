package org.precertocsp.signer;

import java.time.Instant;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.ValidityWindow;

/// A complete, successful OCSPResponse.
///
/// @param der the OCSPResponse, strict DER (RP-22)
/// @param producedAt when it was signed; equal to thisUpdate (HT-09)
/// @param window as encoded, after shortening
/// @param essence the parts needed to assemble it again; absent for a response with several CertIDs
///   or a nonce
public record SignedResponse(
        ByteString der, Instant producedAt, ValidityWindow window, Optional<Essence> essence) {
    /// The parts of a response that cannot be recomputed from status and times.
    ///
    /// @param template of the credential that signed it
    /// @param signature the bytes of its BIT STRING
    public record Essence(ResponseTemplate template, ByteString signature) {}

    /// A response that will not be assembled again.
    public SignedResponse(ByteString der, Instant producedAt, ValidityWindow window) {
        this(der, producedAt, window, Optional.empty());
    }
}
