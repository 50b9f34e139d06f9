package org.precertocsp.responder.intake.certificate;

import java.util.Optional;
import org.precertocsp.responder.intake.FedIssuer;

/// Whose serial a certificate or precertificate carries.
sealed interface Attribution {
    /// @param signer the Precertificate Signing Certificate that signed in the issuer's name
    record To(FedIssuer issuer, Optional<PrecertificateSigner> signer) implements Attribution {}

    /// It names an issuer that is not configured.
    record Foreign(String why) implements Attribution {}

    /// It names an issuer of ours, which did not sign it or may not have.
    record Disowned(String why) implements Attribution {}
}
