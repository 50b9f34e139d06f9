package org.precertocsp.responder.intake.certificate;

import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.intake.FedIssuer;

/// Finds the issuer by name and signature together: names collide and roll over to new keys, and a
/// document nobody signed proves nothing.
final class Attributor {
    private final NamedIssuers issuers;
    private final PrecertificateSigners signers;

    Attributor(PrecertificateSigners signers) {
        this.issuers = signers.issuers();
        this.signers = signers;
    }

    Attribution attribute(RawCertificate certificate, boolean poisoned) {
        List<PrecertificateSigner> signedBy =
                signers.named(certificate.issuerName()).stream()
                        .filter(signer -> signed(certificate, signer))
                        .toList();
        if (!signedBy.isEmpty()) {
            return poisoned ? throughSigner(signedBy) : signerOverstepped(certificate);
        }
        Optional<FedIssuer> issuer = issuers.signerOf(certificate);
        if (issuer.isPresent()) {
            return new Attribution.To(issuer.get(), Optional.empty());
        }
        return unattributed(certificate);
    }

    private static boolean signed(RawCertificate certificate, PrecertificateSigner signer) {
        return SignatureCheck.problem(certificate, signer.certificate().publicKey()).isEmpty();
    }

    // One signer's key certified by two CAs: the precertificate does not say which of them issues
    // the certificate.
    private static Attribution throughSigner(List<PrecertificateSigner> signedBy) {
        FedIssuer issuer = signedBy.getFirst().finalIssuer();
        boolean ambiguous =
                signedBy.stream().anyMatch(s -> !s.finalIssuer().key().equals(issuer.key()));
        return ambiguous
                ? new Attribution.Disowned(
                        "several configured issuers certified its Precertificate Signing"
                                + " Certificate, so that its issuer cannot be told (CT-06)")
                : new Attribution.To(issuer, Optional.of(signedBy.getFirst()));
    }

    private static Attribution signerOverstepped(RawCertificate certificate) {
        return new Attribution.Disowned(
                "it has no poison, but was signed by the Precertificate Signing Certificate %s,"
                                .formatted(certificate.issuer())
                        + " which may sign precertificates only (CT-06)");
    }

    private Attribution unattributed(RawCertificate certificate) {
        Optional<String> refusal = signers.refusal(certificate.issuerName());
        if (refusal.isPresent()) {
            return new Attribution.Disowned(
                    "its issuer %s is %s".formatted(certificate.issuer(), refusal.get()));
        }
        List<FedIssuer> named = issuers.named(certificate.issuerName());
        boolean signerNamed = !signers.named(certificate.issuerName()).isEmpty();
        if (named.isEmpty() && !signerNamed) {
            return new Attribution.Foreign(foreign(certificate));
        }
        return new Attribution.Disowned(disowned(certificate, named));
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

    private static String disowned(RawCertificate certificate, List<FedIssuer> named) {
        String issuer = certificate.issuer();
        if (named.size() == 1) {
            return SignatureCheck.problem(certificate, named.getFirst().certificate().publicKey())
                    .map(problem -> problem + ": it names " + issuer)
                    .orElse("its signature does not verify");
        }
        return "its signature does not verify with any key configured for " + issuer;
    }
}
