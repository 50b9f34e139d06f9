package org.precertocsp.responder.intake.certificate;

import java.io.IOException;
import java.io.OutputStream;
import java.security.PublicKey;
import java.util.Optional;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentVerifier;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;

/// Verifies that a key signed a certificate. Weak algorithms count: the question is not whether a
/// third party should trust the certificate, but whether this CA issued it and must answer for it.
final class CertificateSignatureVerifier {
    // A separate instance: a provider installed for the whole JVM would affect other code.
    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

    /// Why the key did not sign it, as a phrase that follows the certificate's name; empty if it
    /// did.
    static Optional<String> problem(RawCertificate certificate, PublicKey key) {
        try {
            return verifies(certificate, key)
                    ? Optional.empty()
                    : Optional.of("its signature does not verify");
        } catch (OperatorCreationException | IOException | RuntimeException _) {
            // The provider reports a malformed signature, or an algorithm that does not match the
            // key, by many kinds of exceptions.
            return Optional.of(
                    "its signature, algorithm %s, cannot be verified with a key of kind %s"
                            .formatted(algorithmName(certificate), key.getAlgorithm()));
        }
    }

    private static boolean verifies(RawCertificate certificate, PublicKey key)
            throws OperatorCreationException, IOException {
        ContentVerifier verifier =
                new JcaContentVerifierProviderBuilder()
                        .setProvider(PROVIDER)
                        .build(key)
                        .get(algorithm(certificate));
        try (OutputStream signed = verifier.getOutputStream()) {
            signed.write(certificate.tbs().toArray());
        }
        return verifier.verify(certificate.signature().toArray());
    }

    private static AlgorithmIdentifier algorithm(RawCertificate certificate) {
        return AlgorithmIdentifier.getInstance(certificate.signatureAlgorithm().toArray());
    }

    private static String algorithmName(RawCertificate certificate) {
        try {
            return algorithm(certificate).getAlgorithm().getId();
        } catch (RuntimeException _) {
            return "unreadable";
        }
    }

    private CertificateSignatureVerifier() {}
}
