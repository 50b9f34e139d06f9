package org.precertocsp.responder.intake.certificate;

import java.util.Optional;
import org.precertocsp.responder.intake.FedIssuer;

/// The issuer that a certificate or precertificate belongs to, if it is one of ours.
sealed interface Attribution {
    /// @param signer the Precertificate Signing Certificate that signed in the issuer's name
    record To(FedIssuer issuer, Optional<PrecertificateSigner> signer) implements Attribution {}

    /// It names an issuer that is not configured.
    record Foreign(String why) implements Attribution {}

    /// It names an issuer of ours, which did not sign it or may not have.
    record Disowned(String why) implements Attribution {}
}
