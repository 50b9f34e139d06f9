package org.precertocsp.signer.key;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;

/// Verifies with the JDK's own providers, which never sign in these tests.
final class SignatureVerification {
    private SignatureVerification() {}

    static boolean verifies(
            PublicKey key, SignatureScheme scheme, byte[] message, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(scheme.jcaName());
            switch (scheme) {
                case RSA_PSS_SHA256 -> verifier.setParameter(pss("SHA-256", 32));
                case RSA_PSS_SHA384 -> verifier.setParameter(pss("SHA-384", 48));
                case RSA_PSS_SHA512 -> verifier.setParameter(pss("SHA-512", 64));
                default -> {}
            }
            verifier.initVerify(ofTheJdk(key, scheme));
            if (verifier.getProvider().getName().matches("BC|Amazon.*")) {
                throw new IllegalStateException(verifier.getProvider() + " is not a third party");
            }
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PublicKey ofTheJdk(PublicKey key, SignatureScheme scheme)
            throws GeneralSecurityException {
        String kind =
                switch (scheme) {
                    case RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512 -> "RSA";
                    case RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512 -> "RSA";
                    case ECDSA_P256_SHA256, ECDSA_P384_SHA384, ECDSA_P521_SHA512 -> "EC";
                    case ED25519, ML_DSA_44, ML_DSA_65, ML_DSA_87 -> scheme.jcaName();
                };
        return KeyFactory.getInstance(kind)
                .generatePublic(new X509EncodedKeySpec(key.getEncoded()));
    }

    private static PSSParameterSpec pss(String hash, int salt) {
        return new PSSParameterSpec(
                hash, "MGF1", new MGF1ParameterSpec(hash), salt, PSSParameterSpec.TRAILER_FIELD_BC);
    }
}
