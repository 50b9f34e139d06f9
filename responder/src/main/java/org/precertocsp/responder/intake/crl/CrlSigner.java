package org.precertocsp.responder.intake.crl;

import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
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
import org.precertocsp.der.ByteString;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.signer.IssuerCertificate;

/// Finds the signer of a CRL: among the issuers with its name, the one whose key verifies it.
///
/// Issuer name and serial identify the certificate of an entry (RFC 5280 §5, §6.3.3), so the other
/// keys with that name are returned as well: a CA that rolled its key lists the certificates of all
/// its keys in one CRL.
///
/// @param issuer the signer, proven by the signature
/// @param namesakes the issuers an entry may belong to: those with exactly the same name first,
///   then those that spell it differently (RFC 5280 §7.1)
/// @param signedSha256 SHA-256 of the tbsCertList as verified
record CrlSigner(
        ConfiguredIssuer issuer, List<List<ConfiguredIssuer>> namesakes, ByteString signedSha256) {
    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();
    private static final int VERSION_3 = 3;

    CrlSigner {
        namesakes = List.copyOf(namesakes);
    }

    /// @param named the issuer the operator named
    /// @throws FeedRejectedException it was not signed by a known issuer
    static CrlSigner find(
            CrlMetadata crl,
            CrlSource der,
            ConfiguredIssuer.Directory directory,
            Optional<ConfiguredIssuer> named)
            throws FeedRejectedException, IOException {
        X500Name name = name(crl.issuerName());
        List<ConfiguredIssuer> same = new ArrayList<>();
        List<ConfiguredIssuer> alike = new ArrayList<>();
        for (ConfiguredIssuer issuer : directory.issuers()) {
            if (issuer.subjectName().equals(crl.issuerName())) {
                same.add(issuer);
            } else if (isNamed(issuer, name)) {
                alike.add(issuer);
            }
        }
        List<ConfiguredIssuer> candidates = new ArrayList<>(same);
        candidates.addAll(alike);
        requireCandidates(candidates, name, named);
        candidates.sort(
                Comparator.<ConfiguredIssuer, Boolean>comparing(i -> !same.contains(i))
                        .thenComparing(i -> !named.equals(Optional.of(i)))
                        .thenComparing(i -> !hasAuthorityKey(i, crl)));
        for (ConfiguredIssuer candidate : candidates) {
            Optional<ByteString> sha256 = verifies(crl, der, candidate);
            if (sha256.isPresent()) {
                return new CrlSigner(candidate, List.of(same, alike), sha256.get());
            }
        }
        throw new FeedRejectedException(
                ("the signature is not by the key of %s: corrupted, or the issuer"
                                + " rolled its key and the new certificate is not configured")
                        .formatted(names(candidates)));
    }

    private static void requireCandidates(
            List<ConfiguredIssuer> candidates, X500Name name, Optional<ConfiguredIssuer> named)
            throws FeedRejectedException {
        if (named.isPresent() && !candidates.contains(named.get())) {
            throw new FeedRejectedException(
                    "the CRL is of '%s', not of issuer '%s'".formatted(name, named.get().name()));
        }
        if (candidates.isEmpty()) {
            throw new FeedRejectedException(
                    "the CRL is of '%s', which is not a configured issuer".formatted(name));
        }
    }

    static String names(List<ConfiguredIssuer> issuers) {
        return issuers.stream()
                .map(issuer -> "issuer '" + issuer.name() + "'")
                .collect(Collectors.joining(" or "));
    }

    /// True if an entry may belong to another issuer than the signer.
    boolean hasNamesakes() {
        return namesakes.stream().mapToInt(List::size).sum() > 1;
    }

    /// Warnings about the signature and about the possible issuers.
    ///
    /// @throws FeedRejectedException the signature could have been made by anyone, or its signer
    ///   may not sign CRLs (CR-19)
    List<String> check(CrlMetadata crl) throws FeedRejectedException {
        List<String> warnings = new ArrayList<>();
        algorithm(crl, issuer, warnings);
        keyUsage(issuer, warnings);
        if (namesakes.getFirst().size() > 1) {
            warnings.add(
                    "%s have one name: an entry revokes under each key that assigned its serial"
                            .formatted(names(namesakes.getFirst()).replace(" or ", ", ")));
        }
        if (!namesakes.getFirst().contains(issuer)) {
            warnings.add(
                    ("the CRL writes the name of issuer '%s' otherwise than its certificate (RFC"
                                    + " 5280 §7.1)")
                            .formatted(issuer.name()));
        }
        return warnings;
    }

    private static X500Name name(ByteString der) throws FeedRejectedException {
        try {
            X500Name name = X500Name.getInstance(der.toArray());
            // The name's parts are decoded on first use, which may fail; this forces it here.
            String _ = name.toString();
            return name;
        } catch (RuntimeException e) {
            throw new FeedRejectedException("the CRL's issuer is not a name: " + e.getMessage(), e);
        }
    }

    /// Whether the names differ only in letter case, blanks or string types (RFC 5280 §7.1).
    static boolean isNamed(ConfiguredIssuer issuer, X500Name name) {
        try {
            return issuer.certificate().holder().getSubject().equals(name);
        } catch (RuntimeException e) {
            // A part that cannot be normalised for comparison equals no other.
            return false;
        }
    }

    private static boolean hasAuthorityKey(ConfiguredIssuer issuer, CrlMetadata crl) {
        SubjectKeyIdentifier own =
                SubjectKeyIdentifier.fromExtensions(issuer.certificate().holder().getExtensions());
        return own != null
                && crl.extensions()
                        .authorityKey()
                        .equals(Optional.of(ByteString.of(own.getKeyIdentifier())));
    }

    /// Tries the Java platform first, which hashes several times as fast, then Bouncy Castle, which
    /// supports more curves and algorithms.
    ///
    /// @return SHA-256 of the signed bytes, if the signature is valid
    private static Optional<ByteString> verifies(
            CrlMetadata crl, CrlSource der, ConfiguredIssuer issuer)
            throws FeedRejectedException, IOException {
        JcaContentVerifierProviderBuilder platform = new JcaContentVerifierProviderBuilder();
        JcaContentVerifierProviderBuilder bouncyCastle =
                new JcaContentVerifierProviderBuilder().setProvider(PROVIDER);
        for (JcaContentVerifierProviderBuilder by : List.of(platform, bouncyCastle)) {
            try {
                Optional<ContentVerifier> verifier = verifier(crl, issuer, by);
                if (verifier.isPresent()) {
                    Optional<ByteString> verified = verifies(crl, der, verifier.get());
                    if (verified.isPresent() || der.signedInFile().isEmpty()) {
                        return verified;
                    }
                    return verifies(
                            crl, der.signedInFile().get(), verifier(crl, issuer, by).orElseThrow());
                }
            } catch (RuntimeOperatorException e) {
                // Undecided; the next provider may support it.
            }
        }
        return Optional.empty();
    }

    /// Empty for an algorithm of another kind of key, or an unsupported one.
    private static Optional<ContentVerifier> verifier(
            CrlMetadata crl, ConfiguredIssuer issuer, JcaContentVerifierProviderBuilder by) {
        try {
            return Optional.of(
                    by.build(issuer.certificate().publicKey())
                            .get(AlgorithmIdentifier.getInstance(crl.algorithm().toArray())));
        } catch (OperatorCreationException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<ByteString> verifies(
            CrlMetadata crl, CrlSource der, ContentVerifier verifier)
            throws FeedRejectedException, IOException {
        MessageDigest sha256 = CrlStream.sha256();
        try (CrlStream in = der.open();
                OutputStream both = new DigestOutputStream(verifier.getOutputStream(), sha256)) {
            in.der().skipTo(crl.signed().start());
            in.der().copyTo(crl.signed().end(), both);
            CrlFeed.requireSame(in.finish(), crl.sha256());
            return verifier.verify(crl.signature().toArray())
                    ? Optional.of(ByteString.of(sha256.digest()))
                    : Optional.empty();
        } catch (MalformedDerException e) {
            throw CrlStream.refused(e);
        }
    }

    private static Optional<ByteString> verifies(
            CrlMetadata crl, ByteString signed, ContentVerifier verifier) throws IOException {
        try (OutputStream out = verifier.getOutputStream()) {
            out.write(signed.toArray());
        }
        return verifier.verify(crl.signature().toArray())
                ? Optional.of(HashAlgorithm.SHA256.hash(signed))
                : Optional.empty();
    }

    private static void algorithm(CrlMetadata crl, ConfiguredIssuer issuer, List<String> warnings)
            throws FeedRejectedException {
        String name =
                new DefaultSignatureNameFinder()
                        .getAlgorithmName(
                                AlgorithmIdentifier.getInstance(crl.algorithm().toArray()))
                        .toUpperCase(Locale.ROOT);
        if (name.startsWith("MD")) {
            throw new FeedRejectedException(
                    "the CRL is signed with "
                            + name
                            + ", which anyone can forge: it proves nothing");
        }
        if (name.startsWith("SHA1") || name.startsWith("RIPEMD")) {
            if (issuer.profile().strict()) {
                throw new FeedRejectedException(
                        "the CRL is signed with %s, which profile %s does not allow (BR §7.1.3.2)"
                                .formatted(name, issuer.profile().name()));
            }
            warnings.add("the CRL is signed with " + name + ", which is weak");
        }
    }

    private static void keyUsage(ConfiguredIssuer issuer, List<String> warnings)
            throws FeedRejectedException {
        List<IssuerCertificate> certificates = issuer.certificates();
        if (certificates.stream().anyMatch(c -> c.allows(KeyUsage.cRLSign))) {
            return;
        }
        if (certificates.stream().allMatch(IssuerCertificate::hasKeyUsage)) {
            throw new FeedRejectedException(
                    "the keyUsage of issuer '%s' does not let it sign CRLs (CR-19)"
                            .formatted(issuer.name()));
        }
        boolean mustHave =
                certificates.stream().allMatch(c -> c.holder().getVersionNumber() >= VERSION_3);
        if (mustHave && issuer.profile().strict()) {
            throw new FeedRejectedException(
                    ("the certificate of issuer '%s' has no keyUsage (CR-19); rejected under"
                                    + " profile %s")
                            .formatted(issuer.name(), issuer.profile().name()));
        }
        warnings.add(
                "the certificate of issuer '%s' has no keyUsage (CR-19)".formatted(issuer.name()));
    }
}
