package org.precertocsp.signer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.precertocsp.der.ByteString;

/// The rules for the issuer of a delegate certificate, its names and its validity.
final class DelegateRules {
    private static final Duration LONG_LIFE = Duration.ofDays(398);

    private static final List<ASN1ObjectIdentifier> SUBJECT_PARTS =
            List.of(BCStyle.C, BCStyle.O, BCStyle.CN);

    private final CredentialLint.Candidate candidate;
    private final DelegateCertificate delegate;
    private final CredentialFindings findings;

    DelegateRules(
            CredentialLint.Candidate candidate,
            DelegateCertificate delegate,
            CredentialFindings findings) {
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

    /// With the correct name it is another key of the CA, usually after a rollover.
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
        ByteString again = ByteString.of(ResponseEncoder.der(delegate.holder().toASN1Structure()));
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

    /// Clients do not check a delegate's own revocation (RC-04), so a stolen key is usable until
    /// expiry.
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

    /// The extensions of a delegate's certificate (TLS Baseline Requirements §7.1.2.8).
    ///
    /// @param locallyTrusted true for a signer that clients trust by configuration: its certificate
    ///   then needs no OCSPSigning (RFC 6960 §4.2.2.2)
    record DelegateExtensionRules(
            DelegateCertificate delegate,
            List<IssuerCertificate> issuers,
            boolean locallyTrusted,
            CredentialFindings findings) {
        static final ASN1ObjectIdentifier NOCHECK = OCSPObjectIdentifiers.id_pkix_ocsp_nocheck;

        private static final ByteString NULL = ByteString.ofHex("0500");
        private static final ByteString EMPTY_SEQUENCE = ByteString.ofHex("3000");

        private static final ASN1ObjectIdentifier SCT_LIST =
                new ASN1ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2");

        private static final Set<ASN1ObjectIdentifier> FORBIDDEN =
                Set.of(
                        Extension.subjectAlternativeName,
                        Extension.nameConstraints,
                        Extension.cRLDistributionPoints);

        private static final Map<ASN1ObjectIdentifier, String> NAMES =
                Map.of(
                        Extension.subjectAlternativeName, "subjectAltName",
                        Extension.nameConstraints, "nameConstraints",
                        Extension.cRLDistributionPoints, "cRLDistributionPoints",
                        Extension.authorityInfoAccess, "authorityInfoAccess",
                        Extension.certificatePolicies, "certificatePolicies");

        private static final Set<ASN1ObjectIdentifier> EXPECTED =
                Set.of(
                        Extension.authorityKeyIdentifier,
                        Extension.subjectKeyIdentifier,
                        Extension.extendedKeyUsage,
                        Extension.keyUsage,
                        Extension.basicConstraints,
                        NOCHECK,
                        SCT_LIST);

        void examine() {
            try {
                extendedKeyUsage();
                nocheck();
                keyUsage();
                keyIdentifiers();
                others();
                basicConstraints();
            } catch (IllegalArgumentException e) {
                findings.error(
                        "RC-06",
                        "an extension of %s cannot be read: %s".formatted(delegate, e.getMessage()),
                        "certify the delegate anew");
            }
        }

        private void extendedKeyUsage() {
            ExtendedKeyUsage usage =
                    ExtendedKeyUsage.fromExtensions(delegate.holder().getExtensions());
            if (usage == null || !usage.hasKeyPurposeId(KeyPurposeId.id_kp_OCSPSigning)) {
                if (!locallyTrusted) {
                    findings.error(
                            "RC-03",
                            "%s lacks the extended key usage OCSPSigning".formatted(delegate),
                            "certify the delegate with OCSPSigning as its only extended key usage");
                }
            } else if (usage.size() > 1) {
                findings.baseline(
                        "RC-03",
                        "%s has other extended key usages beside OCSPSigning".formatted(delegate),
                        "certify the delegate with OCSPSigning as its only extended key usage");
            }
        }

        private void nocheck() {
            Optional<Extension> extension = extension(NOCHECK);
            String remedy =
                    "certify the delegate with id-pkix-ocsp-nocheck, not critical, value NULL";
            if (extension.isEmpty()) {
                findings.baseline(
                        "RC-04",
                        "%s lacks id-pkix-ocsp-nocheck: clients would ask for its own status"
                                .formatted(delegate),
                        remedy);
                return;
            }
            if (!value(extension.get()).equals(NULL)) {
                findings.error(
                        "RC-04",
                        "id-pkix-ocsp-nocheck holds %s, not 0500".formatted(value(extension.get())),
                        remedy);
            }
            if (extension.get().isCritical()) {
                findings.baseline("RC-04", "id-pkix-ocsp-nocheck is critical", remedy);
            }
        }

        private void keyUsage() {
            Optional<Extension> extension = extension(Extension.keyUsage);
            String remedy = "certify the delegate with keyUsage critical, digitalSignature alone";
            if (extension.isEmpty()) {
                findings.baseline("RC-05", "%s lacks keyUsage".formatted(delegate), remedy);
                return;
            }
            KeyUsage usage = KeyUsage.getInstance(extension.get().getParsedValue());
            if (!usage.hasUsages(KeyUsage.digitalSignature)) {
                findings.error("RC-05", "keyUsage does not allow digitalSignature", remedy);
            } else if (!usage.equals(new KeyUsage(KeyUsage.digitalSignature))) {
                findings.baseline("RC-05", "keyUsage allows more than digitalSignature", remedy);
            }
            if (!extension.get().isCritical()) {
                findings.baseline("RC-05", "keyUsage is not critical", remedy);
            }
        }

        private void keyIdentifiers() {
            AuthorityKeyIdentifier authority =
                    AuthorityKeyIdentifier.fromExtensions(delegate.holder().getExtensions());
            if (authority == null) {
                findings.baseline(
                        "RC-06",
                        "%s lacks authorityKeyIdentifier".formatted(delegate),
                        "certify the delegate with the CA's subjectKeyIdentifier in it");
            } else if (!locallyTrusted && !namesAnIssuer(authority)) {
                findings.baseline(
                        "RC-06",
                        "authorityKeyIdentifier is not the CA's subjectKeyIdentifier",
                        "certify the delegate with the CA's subjectKeyIdentifier in it");
            }
            if (extension(Extension.subjectKeyIdentifier).isEmpty()) {
                findings.warning(
                        "RC-06",
                        "%s lacks subjectKeyIdentifier".formatted(delegate),
                        "certify the next delegate with one");
            }
        }

        private boolean namesAnIssuer(AuthorityKeyIdentifier authority) {
            byte[] wanted = authority.getKeyIdentifierOctets();
            return wanted == null
                    || issuers.stream()
                            .map(
                                    ca ->
                                            SubjectKeyIdentifier.fromExtensions(
                                                    ca.holder().getExtensions()))
                            .anyMatch(
                                    known ->
                                            known == null
                                                    || ByteString.of(known.getKeyIdentifier())
                                                            .equals(ByteString.of(wanted)));
        }

        /// RFC 5280 and RFC 6960 leave all of these to a private PKI.
        private void others() {
            if (!findings.isStrict()) {
                return;
            }
            for (ASN1ObjectIdentifier oid : extensionOids()) {
                if (FORBIDDEN.contains(oid)) {
                    findings.error(
                            "RC-06",
                            "%s carries the forbidden extension %s".formatted(delegate, name(oid)),
                            "certify the delegate without it");
                } else if (!EXPECTED.contains(oid)) {
                    findings.warning(
                            "RC-06",
                            "%s carries %s, which is not recommended"
                                    .formatted(delegate, name(oid)),
                            "certify the next delegate without it");
                }
            }
        }

        private void basicConstraints() {
            Optional<Extension> extension = extension(Extension.basicConstraints);
            if (extension.isEmpty() || value(extension.get()).equals(EMPTY_SEQUENCE)) {
                return;
            }
            String remedy = "certify the delegate without basicConstraints";
            if (!BasicConstraints.getInstance(extension.get().getParsedValue()).isCA()) {
                findings.baseline("RC-07", "basicConstraints is not exactly 3000", remedy);
            } else if (locallyTrusted) {
                findings.warning(
                        "RC-07", "%s is a CA".formatted(delegate), "sign with a key of less");
            } else {
                findings.error("RC-07", "%s is a CA".formatted(delegate), remedy);
            }
        }

        private Optional<Extension> extension(ASN1ObjectIdentifier oid) {
            return Optional.ofNullable(delegate.holder().getExtension(oid));
        }

        private List<ASN1ObjectIdentifier> extensionOids() {
            Extensions all = delegate.holder().getExtensions();
            return all == null ? List.of() : List.of(all.getExtensionOIDs());
        }

        private static ByteString value(Extension extension) {
            return ByteString.of(extension.getExtnValue().getOctets());
        }

        private static String name(ASN1ObjectIdentifier oid) {
            return NAMES.getOrDefault(oid, oid.getId());
        }
    }
}
