package org.precertocsp.signer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.precertocsp.ocsp.Octets;

/// The rules for the issuer of a delegate certificate, its names and its validity.
final class DelegateRules {
    private static final Duration LONG_LIFE = Duration.ofDays(398);

    private static final List<ASN1ObjectIdentifier> SUBJECT_PARTS =
            List.of(BCStyle.C, BCStyle.O, BCStyle.CN);

    private final CredentialLint.Candidate candidate;
    private final DelegateCertificate delegate;
    private final Findings findings;

    DelegateRules(
            CredentialLint.Candidate candidate, DelegateCertificate delegate, Findings findings) {
        this.candidate = candidate;
        this.delegate = delegate;
        this.findings = findings;
    }

    void examine(Instant now) {
        boolean locallyTrusted = !isCertified() && candidate.profile().locallyTrustedSigner();
        certified(locallyTrusted);
        subject();
        strictDer();
        begun(now);
        lasts(now);
        shortLived();
        new DelegateExtensionRules(delegate, candidate.issuers(), locallyTrusted, findings)
                .examine();
    }

    private boolean isCertified() {
        return candidate.issuers().stream()
                .allMatch(issuer -> isNamed(issuer) && delegate.isSignedBy(issuer));
    }

    private boolean isNamed(IssuerCertificate issuer) {
        return delegate.issuerName().equals(issuer.subjectName());
    }

    private void certified(boolean locallyTrusted) {
        if (locallyTrusted) {
            findings.warning(
                    "RC-01",
                    "%s is not certified by the CA it answers for".formatted(delegate),
                    "configure every client to trust it locally (RFC 6960 §4.2.2.2)");
            return;
        }
        for (IssuerCertificate issuer : candidate.issuers()) {
            if (!isNamed(issuer)) {
                findings.error(
                        "RC-09",
                        "the issuer name of %s is not the subject of %s byte for byte"
                                .formatted(delegate, issuer),
                        "have the CA certify the delegate under the name as in its certificate");
            }
            if (!delegate.isSignedBy(issuer)) {
                notSigned(issuer);
            }
        }
    }

    /// With the right name it is a sister key of the CA, mostly after a rollover.
    private void notSigned(IssuerCertificate issuer) {
        if (isNamed(issuer)) {
            findings.error(
                    "RC-02",
                    "%s is not signed by the very key of %s".formatted(delegate, issuer),
                    "certify one delegate with each key of the CA");
        } else {
            findings.error(
                    "RC-01",
                    "%s is not issued directly by %s".formatted(delegate, issuer),
                    "have this CA itself certify the delegate");
        }
    }

    private void subject() {
        for (ASN1ObjectIdentifier part : SUBJECT_PARTS) {
            if (findings.isStrict() && delegate.holder().getSubject().getRDNs(part).length == 0) {
                findings.error(
                        "RC-09",
                        "the subject '%s' lacks %s".formatted(delegate, name(part)),
                        "certify it with countryName, organizationName and commonName");
            }
        }
    }

    private static String name(ASN1ObjectIdentifier part) {
        return BCStyle.INSTANCE.oidToDisplayName(part);
    }

    private void strictDer() {
        Octets again = Octets.of(ResponseForm.der(delegate.holder().toASN1Structure()));
        if (!again.equals(delegate.der())) {
            findings.error(
                    "RP-22",
                    "the certificate of %s is not strict DER".formatted(delegate),
                    "certify it anew with software that writes DER");
        }
    }

    private void begun(Instant now) {
        if (delegate.notBefore().isAfter(now)) {
            findings.error(
                    "RC-08",
                    "%s is not valid before %s".formatted(delegate, delegate.notBefore()),
                    "check this machine's clock, or wait");
        }
    }

    private void lasts(Instant now) {
        if (delegate.notAfter().isBefore(now.plus(candidate.profile().minValidity()))) {
            findings.error(
                    "TF-09",
                    "%s ended or ends at %s, sooner than the shortest answer"
                            .formatted(delegate, delegate.notAfter()),
                    "certify a new delegate");
        }
    }

    /// Nobody checks a delegate's own revocation (RC-04), so a stolen key serves until the end.
    private void shortLived() {
        Duration life = Duration.between(delegate.notBefore(), delegate.notAfter());
        if (delegate.holder().getExtension(DelegateExtensionRules.NOCHECK) != null
                && life.compareTo(LONG_LIFE) > 0) {
            findings.warning(
                    "RC-08",
                    "%s lives %d days and cannot be revoked".formatted(delegate, life.toDays()),
                    "certify delegates for a year at most");
        }
    }
}
