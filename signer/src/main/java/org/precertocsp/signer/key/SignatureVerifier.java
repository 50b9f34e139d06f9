package org.precertocsp.signer.key;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/// Verifies signatures of one scheme with one public key. Thread-safe.
///
/// Computes with Corretto if it supports the scheme, else with Bouncy Castle, which takes several
/// times as long.
public final class SignatureVerifier {
    private final JcaSignature maker;
    private final PublicKey key;

    private SignatureVerifier(JcaSignature maker, PublicKey key) {
        this.maker = maker;
        this.key = key;
    }

    /// @throws SigningKeyException if the public key is damaged or of an unknown kind
    public static SignatureVerifier of(SubjectPublicKeyInfo key, SignatureScheme scheme)
            throws SigningKeyException {
        PublicKey portable = KeyMaterial.publicKey(key);
        return JcaProviders.ofThisMachine()
                .corretto()
                .flatMap(provider -> with(provider, portable, scheme))
                .orElseGet(
                        () ->
                                new SignatureVerifier(
                                        JcaSignature.of(scheme, JcaProviders.BOUNCY_CASTLE),
                                        portable));
    }

    /// False, too, if the bytes are not a signature at all, or the provider fails: a signature that
    /// was not verified is not valid.
    public boolean verifies(byte[] message, byte[] signature) {
        try {
            return maker.verify(key, message, signature);
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }

    /// Empty if the provider does not support the scheme or rejects the key.
    private static Optional<SignatureVerifier> with(
            Provider provider, PublicKey portable, SignatureScheme scheme) {
        JcaSignature maker = JcaSignature.of(scheme, provider);
        if (!maker.isServed()) {
            return Optional.empty();
        }
        try {
            PublicKey key = translated(provider, portable, scheme);
            maker.requireTakes(key);
            return Optional.of(new SignatureVerifier(maker, key));
        } catch (GeneralSecurityException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /// Converted once to the provider's own form; otherwise each verification would convert it.
    private static PublicKey translated(
            Provider provider, PublicKey portable, SignatureScheme scheme)
            throws GeneralSecurityException {
        X509EncodedKeySpec encoded = new X509EncodedKeySpec(portable.getEncoded());
        return switch (scheme) {
            // Corretto has no KeyFactory for Ed25519 and accepts the JDK's keys.
            case ED25519 -> KeyFactory.getInstance("EdDSA", "SunEC").generatePublic(encoded);
            case ML_DSA_44, ML_DSA_65, ML_DSA_87 ->
                    KeyFactory.getInstance("ML-DSA", provider).generatePublic(encoded);
            case ECDSA_P256_SHA256, ECDSA_P384_SHA384, ECDSA_P521_SHA512 ->
                    KeyFactory.getInstance("EC", provider).generatePublic(encoded);
            default -> KeyFactory.getInstance("RSA", provider).generatePublic(encoded);
        };
    }
}
