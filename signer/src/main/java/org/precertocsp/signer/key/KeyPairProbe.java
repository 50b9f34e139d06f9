package org.precertocsp.signer.key;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;

/// Proves that a private key and a public key belong together, by one signature made when the key
/// is opened, so that a wrong certificate is detected at start and not by the first client.
final class KeyPairProbe {
    // Readable, and not DER: a signature over it can never be used as one over a certificate or a
    // response.
    private static final String TEXT = "precert-ocsp asks this key for a proof of possession";

    private static final String NOT_TOGETHER =
            "key and certificate do not belong together:"
                    + " the private key does not sign for the public key";

    private KeyPairProbe() {}

    static byte[] message() {
        return TEXT.getBytes(StandardCharsets.US_ASCII);
    }

    /// @param publicKey a Bouncy Castle key, which verifies for every provider
    static boolean proves(PublicKey publicKey, SignatureScheme scheme, byte[] signature) {
        try {
            return JcaSignature.of(scheme, JcaProviders.BOUNCY_CASTLE)
                    .verify(publicKey, message(), signature);
        } catch (GeneralSecurityException | RuntimeException e) {
            return false; // such as a signature of another length: of another key
        }
    }

    /// @param told the public key that the token returns for the private key
    static SigningKeyException notTogether(
            PublicKey certified, Optional<SubjectPublicKeyInfo> told) {
        String certificate = fingerprint(KeyMaterial.encoded(certified));
        String cause =
                told.map(KeyPairProbe::fingerprint)
                        .map(
                                token ->
                                        token.equals(certificate)
                                                ? "the token signs wrongly: a trial signature does"
                                                        + " not verify, though the key on the token"
                                                        + " is the certificate's"
                                                : "%s; the token holds the public key with SHA-256 %s, the certificate the one with %s"
                                                        .formatted(
                                                                NOT_TOGETHER, token, certificate))
                        .orElse(NOT_TOGETHER);
        return new SigningKeyException(cause, null);
    }

    /// Compares bits: providers encode the algorithm differently.
    private static String fingerprint(SubjectPublicKeyInfo key) {
        return HashAlgorithm.SHA256.hash(ByteString.of(key.getPublicKeyData().getOctets())).toHex();
    }

    static SigningKeyException notTogether(String source, @Nullable Throwable cause) {
        return new SigningKeyException(source + ": " + NOT_TOGETHER, cause);
    }
}
