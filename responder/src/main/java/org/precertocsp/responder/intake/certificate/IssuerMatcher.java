package org.precertocsp.responder.intake.certificate;

import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.intake.ConfiguredIssuer;

/// Finds the issuer by name and signature together: names collide and roll over to new keys, and an
/// unsigned document proves nothing.
final class IssuerMatcher {
    private final IssuerNameIndex issuers;
    private final PrecertificateSigningCertificates signers;

    IssuerMatcher(PrecertificateSigningCertificates signers) {
        this.issuers = signers.issuers();
        this.signers = signers;
    }

    IssuerMatch attribute(RawCertificate certificate, boolean poisoned) {
        List<PrecertificateSigningCertificate> signedBy =
                signers.named(certificate.issuerName()).stream()
                        .filter(signer -> signed(certificate, signer))
                        .toList();
        if (!signedBy.isEmpty()) {
            return poisoned ? throughSigner(signedBy) : signerOverstepped(certificate);
        }
        Optional<ConfiguredIssuer> issuer = issuers.signerOf(certificate);
        if (issuer.isPresent()) {
            return new IssuerMatch.To(issuer.get(), Optional.empty());
        }
        return unattributed(certificate);
    }

    private static boolean signed(
            RawCertificate certificate, PrecertificateSigningCertificate signer) {
        return CertificateSignatureVerifier.problem(certificate, signer.certificate().publicKey())
                .isEmpty();
    }

    // Two CAs certified one signer's key: the precertificate does not say which of them issues the
    // certificate.
    private static IssuerMatch throughSigner(List<PrecertificateSigningCertificate> signedBy) {
        ConfiguredIssuer issuer = signedBy.getFirst().finalIssuer();
        boolean ambiguous =
                signedBy.stream().anyMatch(s -> !s.finalIssuer().key().equals(issuer.key()));
        return ambiguous
                ? new IssuerMatch.Disowned(
                        "several configured issuers certified its Precertificate Signing"
                                + " Certificate, so that its issuer cannot be told (CT-06)")
                : new IssuerMatch.To(issuer, Optional.of(signedBy.getFirst()));
    }

    private static IssuerMatch signerOverstepped(RawCertificate certificate) {
        return new IssuerMatch.Disowned(
                "it has no poison, but was signed by the Precertificate Signing Certificate %s,"
                                .formatted(certificate.issuer())
                        + " which may sign precertificates only (CT-06)");
    }

    private IssuerMatch unattributed(RawCertificate certificate) {
        Optional<String> refusal = signers.refusal(certificate.issuerName());
        if (refusal.isPresent()) {
            return new IssuerMatch.Disowned(
                    "its issuer %s is %s".formatted(certificate.issuer(), refusal.get()));
        }
        List<ConfiguredIssuer> named = issuers.named(certificate.issuerName());
        boolean signerNamed = !signers.named(certificate.issuerName()).isEmpty();
        if (named.isEmpty() && !signerNamed) {
            return new IssuerMatch.Foreign(foreign(certificate));
        }
        return new IssuerMatch.Disowned(disowned(certificate, named));
    }

    private String foreign(RawCertificate certificate) {
        String why = "not issued by a configured issuer: " + certificate.issuer();
        return issuers.namedOtherwise(certificate.issuerName())
                .map(
                        i ->
                                why
                                        + " (issuer "
                                        + i.name()
                                        + " writes that name in other bytes, CI-01: clients ask by"
                                        + " the hash of those in the certificate, so give that name"
                                        + " an issuer of its own, with a CA certificate that has"
                                        + " it)")
                .orElse(why);
    }

    private static String disowned(RawCertificate certificate, List<ConfiguredIssuer> named) {
        String issuer = certificate.issuer();
        if (named.size() == 1) {
            return CertificateSignatureVerifier.problem(
                            certificate, named.getFirst().certificate().publicKey())
                    .map(problem -> problem + ": it names " + issuer)
                    .orElse("its signature does not verify");
        }
        return "its signature does not verify with any key configured for " + issuer;
    }
}
