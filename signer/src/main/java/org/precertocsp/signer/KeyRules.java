package org.precertocsp.signer;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.precertocsp.der.ByteString;
import org.precertocsp.signer.key.SignatureScheme;
import org.precertocsp.signer.key.SigningKey;

/// Whether the key is of an allowed kind, signs with an allowed scheme, and is the certified one.
final class KeyRules {
    private static final int RSA_MIN_BITS = 2048;

    private static final Set<SignatureScheme> RSA =
            EnumSet.range(SignatureScheme.RSA_PKCS1_SHA256, SignatureScheme.RSA_PSS_SHA512);

    private static final Set<SignatureScheme> OPEN =
            EnumSet.range(SignatureScheme.ED25519, SignatureScheme.ML_DSA_87);

    private final CredentialLint.Candidate candidate;
    private final SigningKey key;
    private final SubjectPublicKeyInfo publicKey;
    private final CredentialFindings findings;

    KeyRules(CredentialLint.Candidate candidate, SigningKey key, CredentialFindings findings) {
        this.candidate = candidate;
        this.key = key;
        this.publicKey = SubjectPublicKeyInfo.getInstance(key.publicKey().getEncoded());
        this.findings = findings;
    }

    void examine() {
        kind();
        candidate.delegate().ifPresent(this::signedAsListed);
        certified();
    }

    private void kind() {
        Set<SignatureScheme> fitting = schemes(publicKey.getAlgorithm());
        if (fitting.isEmpty() || (OPEN.containsAll(fitting) && !candidate.profile().openKeySet())) {
            findings.error(
                    "RP-19",
                    "profile %s allows no key of the kind %s"
                            .formatted(
                                    candidate.profile().name(),
                                    publicKey.getAlgorithm().getAlgorithm()),
                    "use RSA of 2048 bits or more, P-256, P-384 or P-521");
        } else if (!fitting.contains(key.scheme())) {
            findings.error(
                    "RP-17",
                    "%s does not go with the key".formatted(key.scheme()),
                    "sign with one of " + fitting);
        } else if (fitting.equals(RSA)) {
            modulus();
        }
    }

    private void modulus() {
        int bits = modulusBits();
        if (bits < RSA_MIN_BITS) {
            findings.error(
                    "RP-19",
                    "an RSA key of %d bits is too weak".formatted(bits),
                    "use 2048 bits or more");
        } else if (bits % 8 != 0) {
            findings.baseline(
                    "RP-19",
                    "an RSA modulus of %d bits is not whole bytes".formatted(bits),
                    "use 2048, 3072 or 4096 bits");
        }
    }

    private int modulusBits() {
        byte[] bits = publicKey.getPublicKeyData().getOctets();
        return RSAPublicKey.getInstance(bits).getModulus().bitLength();
    }

    /// The schemes a key of that kind can sign with.
    private static Set<SignatureScheme> schemes(AlgorithmIdentifier kind) {
        ASN1ObjectIdentifier oid = kind.getAlgorithm();
        if (oid.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return RSA;
        }
        return (oid.equals(X9ObjectIdentifiers.id_ecPublicKey) ? curve(kind) : open(oid))
                .map(Set::of)
                .orElse(Set.of());
    }

    private static Optional<SignatureScheme> curve(AlgorithmIdentifier kind) {
        if (SECObjectIdentifiers.secp256r1.equals(kind.getParameters())) {
            return Optional.of(SignatureScheme.ECDSA_P256_SHA256);
        } else if (SECObjectIdentifiers.secp384r1.equals(kind.getParameters())) {
            return Optional.of(SignatureScheme.ECDSA_P384_SHA384);
        } else if (SECObjectIdentifiers.secp521r1.equals(kind.getParameters())) {
            return Optional.of(SignatureScheme.ECDSA_P521_SHA512);
        }
        return Optional.empty();
    }

    private static Optional<SignatureScheme> open(ASN1ObjectIdentifier oid) {
        if (oid.equals(EdECObjectIdentifiers.id_Ed25519)) {
            return Optional.of(SignatureScheme.ED25519);
        } else if (oid.equals(NISTObjectIdentifiers.id_ml_dsa_44)) {
            return Optional.of(SignatureScheme.ML_DSA_44);
        } else if (oid.equals(NISTObjectIdentifiers.id_ml_dsa_65)) {
            return Optional.of(SignatureScheme.ML_DSA_65);
        } else if (oid.equals(NISTObjectIdentifiers.id_ml_dsa_87)) {
            return Optional.of(SignatureScheme.ML_DSA_87);
        }
        return Optional.empty();
    }

    /// The list applies to the CA's signature on the delegate too: clients reject SHA-1 there.
    private void signedAsListed(DelegateCertificate delegate) {
        ByteString used =
                ByteString.of(ResponseEncoder.der(delegate.holder().getSignatureAlgorithm()));
        boolean listed =
                Arrays.stream(SignatureScheme.values())
                        .filter(scheme -> !OPEN.contains(scheme))
                        .anyMatch(scheme -> scheme.algorithmIdentifier().equals(used));
        if (!listed && findings.isStrict()) {
            findings.error(
                    "RP-17",
                    "the CA signed %s with the algorithm %s, which is not allowed"
                            .formatted(
                                    delegate,
                                    delegate.holder().getSignatureAlgorithm().getAlgorithm()),
                    "certify the delegate anew with SHA-256 or better");
        }
    }

    private void certified() {
        List<SubjectPublicKeyInfo> certified =
                candidate.direct()
                        ? candidate.issuers().stream()
                                .map(issuer -> issuer.holder().getSubjectPublicKeyInfo())
                                .toList()
                        : candidate.delegate().stream()
                                .map(sent -> sent.holder().getSubjectPublicKeyInfo())
                                .toList();
        // Compares bits, not the whole info: providers encode the algorithm differently.
        boolean same =
                certified.stream()
                        .allMatch(
                                info ->
                                        info.getPublicKeyData()
                                                .equals(publicKey.getPublicKeyData()));
        if (!same) {
            findings.error(
                    "RP-06",
                    "the key (%s) is not the one in the %s certificate"
                            .formatted(
                                    key.description(), candidate.direct() ? "CA's" : "delegate's"),
                    candidate.direct()
                            ? "name the delegate's certificate, or the CA's key"
                            : "name the key and the certificate that belong together");
        }
    }
}
