package org.precertocsp.signer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.signer.key.SigningKey;

/// Checks a credential against its issuer's profile before it may sign: RC-01 to RC-12, the
/// permitted keys (RP-19), and the remaining validity (TF-09). Reports all findings at once.
public final class CredentialLint {
    /// The parts of a credential to be checked, as far as they could be read.
    ///
    /// @param direct whether the CA's own key is to sign; false without a delegate means that the
    ///   delegate's certificate could not be read
    public record Candidate(
            List<IssuerCertificate> issuers,
            boolean direct,
            Optional<DelegateCertificate> delegate,
            Optional<SigningKey> key,
            IssuerProfile profile) {}

    private CredentialLint() {}

    /// Errors forbid the credential; warnings do not. Does not use the key, which a check of
    /// another responder does not have.
    public static List<CredentialFinding> examine(Candidate candidate, Instant now) {
        CredentialFindings findings = new CredentialFindings(candidate.profile().strict());
        new IssuerRules(candidate, findings).examine(now);
        candidate
                .delegate()
                .ifPresent(
                        delegate -> new DelegateRules(candidate, delegate, findings).examine(now));
        candidate.key().ifPresent(key -> new KeyRules(candidate, key, findings).examine());
        return findings.list();
    }

    /// Warns of certificates that expire within that time, so that they are renewed before
    /// responses stop (TF-09).
    public static List<CredentialFinding> endings(
            ResponderCredential credential, Duration warnBefore, Instant now) {
        CredentialFindings findings = new CredentialFindings(false);
        Instant horizon = now.plus(warnBefore);
        credential
                .delegate()
                .ifPresentOrElse(
                        sent -> warn(findings, horizon, sent.subject(), sent.notAfter()),
                        () ->
                                credential
                                        .issuers()
                                        .forEach(
                                                ca ->
                                                        warn(
                                                                findings,
                                                                horizon,
                                                                ca.subject(),
                                                                ca.notAfter())));
        return findings.list();
    }

    private static void warn(
            CredentialFindings findings, Instant horizon, String subject, Instant end) {
        if (!horizon.isBefore(end)) {
            findings.warning(
                    "TF-09",
                    "the certificate of %s ends at %s, and no answer may outlive it"
                            .formatted(subject, end),
                    "renew it and reload; answers stop when the shortest validity no longer fits");
        }
    }

    /// The rules for the CA's own certificates.
    static final class IssuerRules {
        private final CredentialLint.Candidate candidate;
        private final List<IssuerCertificate> issuers;
        private final CredentialFindings findings;

        IssuerRules(CredentialLint.Candidate candidate, CredentialFindings findings) {
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

        /// Clients accept a delegate only for certificates of the key that certified it, and a
        /// direct signature only from the key itself.
        private void oneKey() {
            long keys = issuers.stream().map(IssuerCertificate::key).distinct().count();
            boolean locallyTrusted =
                    candidate.profile().locallyTrustedSigner() && !candidate.direct();
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
            ExtendedKeyUsage usage =
                    ExtendedKeyUsage.fromExtensions(issuer.holder().getExtensions());
            if (usage != null && usage.hasKeyPurposeId(KeyPurposeId.id_kp_OCSPSigning)) {
                findings.baseline(
                        "RC-12",
                        "the CA certificate of %s carries the extended key usage OCSPSigning"
                                .formatted(issuer),
                        "replace the CA certificate: it could sign responses for the CA above it");
            }
        }

        /// RFC 5280 §4.2.1.3 requires the bit if keyUsage is present, Baseline Requirements require
        /// it always.
        private void maySignResponses(IssuerCertificate issuer) {
            boolean unrestricted = !findings.isStrict() && !issuer.hasKeyUsage();
            if (!issuer.allows(KeyUsage.digitalSignature) && !unrestricted) {
                findings.error(
                        "RC-10",
                        "the CA certificate of %s does not assert digitalSignature"
                                .formatted(issuer),
                        "certify a delegate and sign with it instead of the CA's key");
            }
        }

        private void notRoot(IssuerCertificate issuer) {
            boolean root =
                    Objects.equals(issuer.holder().getSubject(), issuer.holder().getIssuer());
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
                    findings.warning(
                            "TF-09", fault, "renew it, or take it out where another stays");
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
}
