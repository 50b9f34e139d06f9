package org.precertocsp.signer;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/// The rules for the CA's own certificates.
final class IssuerRules {
    private final CredentialLint.Candidate candidate;
    private final List<IssuerCertificate> issuers;
    private final Findings findings;

    IssuerRules(CredentialLint.Candidate candidate, Findings findings) {
        this.candidate = candidate;
        this.issuers = candidate.issuers();
        this.findings = findings;
    }

    void examine(Instant now) {
        oneKey();
        issuers.forEach(this::readable);
        lasts(now);
    }

    private void readable(IssuerCertificate issuer) {
        try {
            extensions(issuer);
        } catch (IllegalArgumentException e) {
            findings.error(
                    "RC-12",
                    "an extension of %s cannot be read: %s".formatted(issuer, e.getMessage()),
                    "name the CA certificate as it was issued");
        }
    }

    private void extensions(IssuerCertificate issuer) {
        isCa(issuer);
        noOcspSigning(issuer);
        if (candidate.direct()) {
            maySignResponses(issuer);
            notRoot(issuer);
        }
    }

    /// Clients accept a delegate only for certificates of the key that certified it, and a direct
    /// signature only from the key itself.
    private void oneKey() {
        long keys = issuers.stream().map(IssuerCertificate::key).distinct().count();
        boolean locallyTrusted = candidate.profile().locallyTrustedSigner() && !candidate.direct();
        if (keys > 1 && !locallyTrusted) {
            findings.error(
                    "RC-02",
                    "the issuer certificates hold %d different names or keys".formatted(keys),
                    "configure an issuer with a credential of its own for each key");
        }
    }

    private void isCa(IssuerCertificate issuer) {
        BasicConstraints constraints =
                BasicConstraints.fromExtensions(issuer.holder().getExtensions());
        if (constraints == null || !constraints.isCA()) {
            findings.baseline(
                    "RC-01",
                    "the issuer certificate of %s is not a CA's".formatted(issuer),
                    "name the certificate of the CA that issues, not one it has issued");
        }
    }

    private void noOcspSigning(IssuerCertificate issuer) {
        ExtendedKeyUsage usage = ExtendedKeyUsage.fromExtensions(issuer.holder().getExtensions());
        if (usage != null && usage.hasKeyPurposeId(KeyPurposeId.id_kp_OCSPSigning)) {
            findings.baseline(
                    "RC-12",
                    "the CA certificate of %s carries the extended key usage OCSPSigning"
                            .formatted(issuer),
                    "replace the CA certificate: it could sign responses for the CA above it");
        }
    }

    /// RFC 5280 §4.2.1.3 asks for the bit wherever keyUsage is present, Baseline Requirements
    /// always.
    private void maySignResponses(IssuerCertificate issuer) {
        boolean unrestricted = !findings.isStrict() && !issuer.hasKeyUsage();
        if (!issuer.allows(KeyUsage.digitalSignature) && !unrestricted) {
            findings.error(
                    "RC-10",
                    "the CA certificate of %s does not assert digitalSignature".formatted(issuer),
                    "certify a delegate and sign with it instead of the CA's key");
        }
    }

    private void notRoot(IssuerCertificate issuer) {
        boolean root = Objects.equals(issuer.holder().getSubject(), issuer.holder().getIssuer());
        if (root && findings.isStrict()) {
            findings.warning(
                    "RC-11",
                    "the root key of %s signs responses itself".formatted(issuer),
                    "keep the root offline and sign with a delegate it certifies");
        }
    }

    private void lasts(Instant now) {
        Instant least = now.plus(candidate.profile().minValidity());
        List<IssuerCertificate> ending =
                issuers.stream().filter(issuer -> issuer.notAfter().isBefore(least)).toList();
        boolean all = ending.size() == issuers.size();
        for (IssuerCertificate issuer : ending) {
            String fault =
                    "the CA certificate of %s ended or ends at %s"
                            .formatted(issuer, issuer.notAfter());
            if (candidate.direct() && all) {
                findings.error("TF-09", fault, "no answer may outlive it: renew it");
            } else {
                findings.warning("TF-09", fault, "renew it, or take it out where another stays");
            }
        }
        if (candidate.direct() && issuers.getFirst().notBefore().isAfter(now)) {
            findings.error(
                    "RC-08",
                    "the CA certificate is not valid before " + issuers.getFirst().notBefore(),
                    "check this machine's clock, or wait");
        }
    }
}
