package org.precertocsp.responder.intake.certificate;

import java.util.Optional;
import org.precertocsp.responder.intake.ConfiguredIssuer;

/// The issuer that a certificate or precertificate belongs to, if it is one of ours.
sealed interface IssuerMatch {
    /// @param signer the Precertificate Signing Certificate that signed in the issuer's name
    record To(ConfiguredIssuer issuer, Optional<PrecertificateSigningCertificate> signer)
            implements IssuerMatch {}

    /// Its issuer is not configured.
    record Foreign(String why) implements IssuerMatch {}

    /// Its issuer is one of ours, which did not sign it or may not have.
    record Disowned(String why) implements IssuerMatch {}
}
