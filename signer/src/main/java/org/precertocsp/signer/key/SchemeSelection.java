package org.precertocsp.signer.key;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/// Selects which keys may sign, and with which scheme (RP-17, RP-19, RP-20).
final class SchemeSelection {
    static final String ALLOWED =
            "allowed are RSA of 2048 to 4096 bits in steps of 8, EC on the named curves P-256,"
                    + " P-384 and P-521, Ed25519, and ML-DSA-44, -65 and -87";

    private static final Map<ASN1ObjectIdentifier, String> CURVES =
            Map.of(
                    SECObjectIdentifiers.secp256r1, "P-256",
                    SECObjectIdentifiers.secp384r1, "P-384",
                    SECObjectIdentifiers.secp521r1, "P-521");

    private SchemeSelection() {}

    /// @throws SigningKeyException if the key is of an unsupported kind or size
    static SignatureScheme of(SubjectPublicKeyInfo key, KeyConfig config)
            throws SigningKeyException {
        ASN1ObjectIdentifier oid = key.getAlgorithm().getAlgorithm();
        if (oid.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return rsa(key, config);
        }
        if (oid.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return curve(key);
        }
        return named(oid).orElseThrow(() -> refused(oid));
    }

    /// Of an RSA key; 0 for others.
    static int modulusBytes(SubjectPublicKeyInfo key) throws SigningKeyException {
        boolean rsa = key.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption);
        return rsa ? Math.ceilDiv(modulus(key).bitLength(), 8) : 0;
    }

    /// @param what name of the private key in messages
    /// @param kind of the private key, as far as it is known
    /// @throws SigningKeyException naming both kinds, if the private key cannot belong to the
    ///   public key
    static void requireSameKind(
            String what, Optional<AlgorithmIdentifier> kind, SubjectPublicKeyInfo certified)
            throws SigningKeyException {
        String wanted = family(certified.getAlgorithm());
        String found = kind.map(SchemeSelection::family).orElse(wanted);
        // A token may report that a key is on a curve without naming the curve.
        if (!found.equals(wanted) && !wanted.startsWith(found + " ")) {
            throw new SigningKeyException(
                    "key and certificate do not belong together: %s is of the kind %s, but its certificate is for a key of the kind %s"
                            .formatted(what, found, wanted),
                    null);
        }
    }

    private static String family(AlgorithmIdentifier algorithm) {
        ASN1ObjectIdentifier oid = algorithm.getAlgorithm();
        if (oid.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return "RSA";
        }
        if (oid.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return algorithm.getParameters() instanceof ASN1ObjectIdentifier curve
                    ? "EC " + CURVES.getOrDefault(curve, curve.getId())
                    : "EC";
        }
        return named(oid).map(SignatureScheme::jcaName).orElse(oid.getId());
    }

    static SigningKeyException refused(ASN1ObjectIdentifier algorithm) {
        return refused("a key of algorithm " + algorithm.getId());
    }

    /// The usual name of the key: `RSA 3072 bits`, `EC P-256`.
    static String kind(SubjectPublicKeyInfo key, SignatureScheme scheme)
            throws SigningKeyException {
        return switch (scheme) {
            case RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512 -> "RSA " + bits(key);
            case RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512 -> "RSA " + bits(key);
            case ECDSA_P256_SHA256 -> "EC P-256";
            case ECDSA_P384_SHA384 -> "EC P-384";
            case ECDSA_P521_SHA512 -> "EC P-521";
            case ED25519, ML_DSA_44, ML_DSA_65, ML_DSA_87 -> scheme.jcaName();
        };
    }

    private static SignatureScheme rsa(SubjectPublicKeyInfo key, KeyConfig config)
            throws SigningKeyException {
        int bits = modulus(key).bitLength();
        if (bits < 2048 || bits > 4096 || bits % 8 != 0) {
            throw refused("an RSA key of " + bits + " bits");
        }
        boolean pss = config.rsaPadding() == KeyConfig.RsaPadding.PSS;
        return switch (config.rsaHash()) {
            case SHA256 -> pss ? SignatureScheme.RSA_PSS_SHA256 : SignatureScheme.RSA_PKCS1_SHA256;
            case SHA384 -> pss ? SignatureScheme.RSA_PSS_SHA384 : SignatureScheme.RSA_PKCS1_SHA384;
            case SHA512 -> pss ? SignatureScheme.RSA_PSS_SHA512 : SignatureScheme.RSA_PKCS1_SHA512;
        };
    }

    private static SignatureScheme curve(SubjectPublicKeyInfo key) throws SigningKeyException {
        Object parameters = key.getAlgorithm().getParameters();
        if (SECObjectIdentifiers.secp256r1.equals(parameters)) {
            return SignatureScheme.ECDSA_P256_SHA256;
        }
        if (SECObjectIdentifiers.secp384r1.equals(parameters)) {
            return SignatureScheme.ECDSA_P384_SHA384;
        }
        if (SECObjectIdentifiers.secp521r1.equals(parameters)) {
            return SignatureScheme.ECDSA_P521_SHA512;
        }
        throw refused(
                parameters instanceof ASN1ObjectIdentifier curve
                        ? "an EC key on the curve " + curve.getId()
                        : "an EC key whose curve is spelt out instead of named");
    }

    private static Optional<SignatureScheme> named(ASN1ObjectIdentifier oid) {
        if (oid.equals(EdECObjectIdentifiers.id_Ed25519)) {
            return Optional.of(SignatureScheme.ED25519);
        }
        if (oid.equals(NISTObjectIdentifiers.id_ml_dsa_44)) {
            return Optional.of(SignatureScheme.ML_DSA_44);
        }
        if (oid.equals(NISTObjectIdentifiers.id_ml_dsa_65)) {
            return Optional.of(SignatureScheme.ML_DSA_65);
        }
        if (oid.equals(NISTObjectIdentifiers.id_ml_dsa_87)) {
            return Optional.of(SignatureScheme.ML_DSA_87);
        }
        return Optional.empty();
    }

    private static String bits(SubjectPublicKeyInfo key) throws SigningKeyException {
        return modulus(key).bitLength() + " bits";
    }

    private static BigInteger modulus(SubjectPublicKeyInfo key) throws SigningKeyException {
        try {
            return RSAPublicKey.getInstance(key.parsePublicKey()).getModulus();
        } catch (IOException | RuntimeException e) {
            throw new SigningKeyException("the RSA public key is not readable", e);
        }
    }

    private static SigningKeyException refused(String what) {
        return new SigningKeyException(
                what + " does not sign OCSP responses here: " + ALLOWED, null);
    }
}
