package org.precertocsp.responder.intake.crl;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentVerifier;
import org.bouncycastle.operator.DefaultSignatureNameFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.RuntimeOperatorException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.signer.IssuerCertificate;

/// Finds who signed a CRL: among the issuers of its name, the one whose key verifies it.
///
/// @param issuer the signer, proven by the signature
/// @param warnings about the signature or the issuer's certificate
record CrlSigner(FedIssuer issuer, List<String> warnings) {
    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();
    private static final int VERSION_3 = 3;

    CrlSigner {
        warnings = List.copyOf(warnings);
    }

    /// @param named the issuer the operator named
    /// @throws FeedRefused nobody known signed it, or its signer may not (CR-19)
    static CrlSigner find(
            CrlOutline crl, CrlDer der, FedIssuer.Directory directory, Optional<FedIssuer> named)
            throws FeedRefused, IOException {
        List<FedIssuer> candidates = candidates(crl, directory, named);
        for (FedIssuer candidate : candidates) {
            if (verifies(crl, der, candidate)) {
                List<String> warnings = new ArrayList<>();
                algorithm(crl, candidate, warnings);
                keyUsage(candidate, warnings);
                return new CrlSigner(candidate, warnings);
            }
        }
        throw new FeedRefused(
                ("the signature is not by the key of %s: corrupted, or the issuer"
                                + " rolled its key and the new certificate is not configured")
                        .formatted(
                                candidates.stream()
                                        .map(c -> "issuer '" + c.name() + "'")
                                        .collect(Collectors.joining(" or "))));
    }

    private static List<FedIssuer> candidates(
            CrlOutline crl, FedIssuer.Directory directory, Optional<FedIssuer> named)
            throws FeedRefused {
        X500Name name = name(crl);
        List<FedIssuer> candidates =
                named.map(List::of).orElse(directory.issuers()).stream()
                        .filter(i -> isNamed(i, crl.issuerName(), name))
                        .sorted(Comparator.comparing(i -> !hasAuthorityKey(i, crl)))
                        .toList();
        if (candidates.isEmpty()) {
            throw new FeedRefused(
                    named.map(
                                    i ->
                                            "the CRL is of '%s', not of issuer '%s'"
                                                    .formatted(name, i.name()))
                            .orElse(
                                    "the CRL is of '%s', which is no configured issuer"
                                            .formatted(name)));
        }
        return candidates;
    }

    private static X500Name name(CrlOutline crl) throws FeedRefused {
        try {
            X500Name name = X500Name.getInstance(crl.issuerName().toArray());
            // Its parts are decoded when first looked at, which may fail: so look at them here.
            String _ = name.toString();
            return name;
        } catch (RuntimeException e) {
            throw new FeedRefused("the CRL's issuer is no name: " + e.getMessage(), e);
        }
    }

    /// The same octets, or a name that differs only in letter case, blanks or string types (RFC
    /// 5280 §7.1): the signature decides in the end.
    private static boolean isNamed(FedIssuer issuer, Octets nameDer, X500Name name) {
        if (issuer.subjectName().equals(nameDer)) {
            return true;
        }
        try {
            return issuer.certificate().holder().getSubject().equals(name);
        } catch (RuntimeException e) {
            // A part that cannot be normalised for comparing is the same as no other.
            return false;
        }
    }

    private static boolean hasAuthorityKey(FedIssuer issuer, CrlOutline crl) {
        SubjectKeyIdentifier own =
                SubjectKeyIdentifier.fromExtensions(issuer.certificate().holder().getExtensions());
        return own != null
                && crl.extensions()
                        .authorityKey()
                        .equals(Optional.of(Octets.of(own.getKeyIdentifier())));
    }

    /// Asks the Java platform first, which hashes several times as fast, then Bouncy Castle, which
    /// knows more curves and algorithms.
    private static boolean verifies(CrlOutline crl, CrlDer der, FedIssuer issuer)
            throws FeedRefused, IOException {
        JcaContentVerifierProviderBuilder platform = new JcaContentVerifierProviderBuilder();
        JcaContentVerifierProviderBuilder bouncyCastle =
                new JcaContentVerifierProviderBuilder().setProvider(PROVIDER);
        for (JcaContentVerifierProviderBuilder by : List.of(platform, bouncyCastle)) {
            Optional<ContentVerifier> verifier = verifier(crl, issuer, by);
            if (verifier.isPresent()) {
                try {
                    return verifies(crl, der, verifier.get());
                } catch (RuntimeOperatorException e) {
                    // Neither yes nor no: the next may tell.
                }
            }
        }
        return false;
    }

    /// Empty for an algorithm of another kind of key, or one that is not known here.
    private static Optional<ContentVerifier> verifier(
            CrlOutline crl, FedIssuer issuer, JcaContentVerifierProviderBuilder by) {
        try {
            return Optional.of(
                    by.build(issuer.certificate().publicKey())
                            .get(AlgorithmIdentifier.getInstance(crl.algorithm().toArray())));
        } catch (OperatorCreationException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static boolean verifies(CrlOutline crl, CrlDer der, ContentVerifier verifier)
            throws FeedRefused, IOException {
        try (DerInput in = der.open()) {
            in.skipTo(crl.signed().start());
            in.copyTo(crl.signed().end(), verifier.getOutputStream());
            CrlFeed.requireSame(in.finishFromHere(), crl.sha256());
            return verifier.verify(crl.signature().toArray());
        }
    }

    private static void algorithm(CrlOutline crl, FedIssuer issuer, List<String> warnings)
            throws FeedRefused {
        String name =
                new DefaultSignatureNameFinder()
                        .getAlgorithmName(
                                AlgorithmIdentifier.getInstance(crl.algorithm().toArray()))
                        .toUpperCase(Locale.ROOT);
        if (name.startsWith("MD")) {
            throw new FeedRefused("the CRL is signed with " + name + ", which anyone can forge");
        }
        if (name.startsWith("SHA1") || name.startsWith("RIPEMD")) {
            if (issuer.profile().strict()) {
                throw new FeedRefused(
                        "the CRL is signed with %s, which profile %s does not allow (BR §7.1.3.2)"
                                .formatted(name, issuer.profile().name()));
            }
            warnings.add("the CRL is signed with " + name + ", which is weak");
        }
    }

    private static void keyUsage(FedIssuer issuer, List<String> warnings) throws FeedRefused {
        List<IssuerCertificate> certificates = issuer.certificates();
        if (certificates.stream().anyMatch(c -> c.allows(KeyUsage.cRLSign))) {
            return;
        }
        if (certificates.stream().allMatch(IssuerCertificate::hasKeyUsage)) {
            throw new FeedRefused(
                    "the keyUsage of issuer '%s' does not let it sign CRLs (CR-19)"
                            .formatted(issuer.name()));
        }
        boolean mustHave =
                certificates.stream().allMatch(c -> c.holder().getVersionNumber() >= VERSION_3);
        if (mustHave && issuer.profile().strict()) {
            throw new FeedRefused(
                    ("the certificate of issuer '%s' has no keyUsage (CR-19); refused under"
                                    + " profile %s")
                            .formatted(issuer.name(), issuer.profile().name()));
        }
        warnings.add(
                "the certificate of issuer '%s' has no keyUsage (CR-19)".formatted(issuer.name()));
    }
}
