package org.precertocsp.responder.intake.certificate;

import java.util.Optional;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.IssuerCertificate;

/// CA certificates that bundles carry along and whose status others answer for: our issuers' own,
/// and those above them. Worth a remark, not an alarm.
final class Bystanders {
    private final NamedIssuers issuers;

    Bystanders(NamedIssuers issuers) {
        this.issuers = issuers;
    }

    /// Explains a certificate that names no issuer of ours; empty if it is simply foreign.
    Optional<String> explain(RawCertificate certificate) {
        if (!mayBeCa(certificate)) {
            return Optional.empty();
        }
        return explainIssuer(certificate).or(() -> explainRoot(certificate));
    }

    private Optional<String> explainIssuer(RawCertificate certificate) {
        return parse(certificate)
                .flatMap(issuers::sameAs)
                .map(issuer -> "is a certificate of the configured issuer " + issuer.name())
                .or(
                        () ->
                                issuers.certifiedBy(certificate.subjectName())
                                        .map(i -> "is above the configured issuer " + i.name()));
    }

    /// The same for one that names an issuer of ours: only a root's former key is no forgery.
    Optional<String> explainRoot(RawCertificate certificate) {
        return mayBeCa(certificate) && certificate.isSelfIssued() && signedItself(certificate)
                ? Optional.of("is the root of something not configured")
                : Optional.empty();
    }

    // Roots older than extensions have none to say that they are CAs.
    private static boolean mayBeCa(RawCertificate certificate) {
        return certificate.isCa() || certificate.extensions().isEmpty();
    }

    private static boolean signedItself(RawCertificate certificate) {
        return parse(certificate)
                .filter(own -> SignatureCheck.problem(certificate, own.publicKey()).isEmpty())
                .isPresent();
    }

    private static Optional<IssuerCertificate> parse(RawCertificate certificate) {
        try {
            return Optional.of(IssuerCertificate.parse(certificate.der()));
        } catch (CertificateProblem _) {
            return Optional.empty();
        }
    }
}
