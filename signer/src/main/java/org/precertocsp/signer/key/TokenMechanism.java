package org.precertocsp.signer.key;

import java.io.IOException;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.signer.key.cryptoki.Attribute;
import org.precertocsp.signer.key.cryptoki.Mechanism;

/// How a token is asked for a scheme's signature: with a mechanism that hashes, or with the raw one
/// and the hash made here.
record TokenMechanism(SignatureScheme scheme, Mechanism mechanism, Input input) {
    enum Input {
        MESSAGE,
        HASH,
        /// RFC 8017 §9.2, without the padding.
        DIGEST_INFO
    }

    private static final Octets NO_PARAMETER = Octets.of();

    /// The ways to ask, the most convenient first; none where tokens cannot make the scheme.
    static List<TokenMechanism> waysTo(SignatureScheme scheme) {
        return switch (scheme) {
            case RSA_PKCS1_SHA256 -> pkcs1(scheme, "SHA256", 0x40);
            case RSA_PKCS1_SHA384 -> pkcs1(scheme, "SHA384", 0x41);
            case RSA_PKCS1_SHA512 -> pkcs1(scheme, "SHA512", 0x42);
            // CK_RSA_PKCS_PSS_PARAMS: hash mechanism, mask generation function, salt length
            case RSA_PSS_SHA256 -> pss(scheme, "SHA256", 0x43, Attribute.ulong(0x250, 2, 32));
            case RSA_PSS_SHA384 -> pss(scheme, "SHA384", 0x44, Attribute.ulong(0x260, 3, 48));
            case RSA_PSS_SHA512 -> pss(scheme, "SHA512", 0x45, Attribute.ulong(0x270, 4, 64));
            case ECDSA_P256_SHA256 -> ecdsa(scheme, "SHA256", 0x1044);
            case ECDSA_P384_SHA384 -> ecdsa(scheme, "SHA384", 0x1045);
            case ECDSA_P521_SHA512 -> ecdsa(scheme, "SHA512", 0x1046);
            case ED25519 -> List.of(way(scheme, "CKM_EDDSA", 0x1057, NO_PARAMETER, Input.MESSAGE));
            case ML_DSA_44, ML_DSA_65, ML_DSA_87 -> List.of();
        };
    }

    /// The bytes that are sent to the token for a message.
    byte[] input(byte[] message) {
        return switch (input) {
            case MESSAGE -> message;
            case HASH -> hash(message);
            case DIGEST_INFO -> digestInfo(hash(message));
        };
    }

    private static List<TokenMechanism> pkcs1(SignatureScheme scheme, String hash, long hashing) {
        return List.of(
                way(scheme, "CKM_" + hash + "_RSA_PKCS", hashing, NO_PARAMETER, Input.MESSAGE),
                way(scheme, "CKM_RSA_PKCS", 0x1, NO_PARAMETER, Input.DIGEST_INFO));
    }

    private static List<TokenMechanism> pss(
            SignatureScheme scheme, String hash, long hashing, Octets parameter) {
        return List.of(
                way(scheme, "CKM_" + hash + "_RSA_PKCS_PSS", hashing, parameter, Input.MESSAGE),
                way(scheme, "CKM_RSA_PKCS_PSS", 0xd, parameter, Input.HASH));
    }

    private static List<TokenMechanism> ecdsa(SignatureScheme scheme, String hash, long hashing) {
        return List.of(
                way(scheme, "CKM_ECDSA_" + hash, hashing, NO_PARAMETER, Input.MESSAGE),
                way(scheme, "CKM_ECDSA", 0x1041, NO_PARAMETER, Input.HASH));
    }

    private static TokenMechanism way(
            SignatureScheme scheme, String name, long type, Octets parameter, Input input) {
        return new TokenMechanism(scheme, new Mechanism(name, type, parameter), input);
    }

    private byte[] hash(byte[] message) {
        return hashAlgorithm().hash(Octets.of(message)).toArray();
    }

    private byte[] digestInfo(byte[] hash) {
        ASN1ObjectIdentifier oid = new ASN1ObjectIdentifier(hashAlgorithm().oid());
        try {
            return new DigestInfo(new AlgorithmIdentifier(oid, DERNull.INSTANCE), hash)
                    .getEncoded("DER");
        } catch (IOException e) {
            throw new IllegalStateException("a DigestInfo always encodes", e);
        }
    }

    private HashAlgorithm hashAlgorithm() {
        return switch (scheme) {
            case RSA_PKCS1_SHA256, RSA_PSS_SHA256, ECDSA_P256_SHA256 -> HashAlgorithm.SHA256;
            case RSA_PKCS1_SHA384, RSA_PSS_SHA384, ECDSA_P384_SHA384 -> HashAlgorithm.SHA384;
            case RSA_PKCS1_SHA512, RSA_PSS_SHA512, ECDSA_P521_SHA512 -> HashAlgorithm.SHA512;
            case ED25519, ML_DSA_44, ML_DSA_65, ML_DSA_87 ->
                    throw new IllegalStateException(scheme + " hashes for itself");
        };
    }
}
