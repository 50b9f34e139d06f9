package org.precertocsp.signer;

import java.nio.charset.StandardCharsets;
import org.precertocsp.signer.key.SignatureVerifier;
import org.precertocsp.signer.key.SigningKeyException;

/// Signs test data with a key and verifies it with the certificate, before any client does: a token
/// may return a public key that does not belong to its private key, or a signature in another form.
final class KeyPairCheck {
    private static final byte[] MESSAGE =
            "precert-ocsp tries its key".getBytes(StandardCharsets.US_ASCII);

    private KeyPairCheck() {}

    static void examine(ResponderCredential credential, CredentialFindings findings) {
        try {
            if (!verifies(credential, credential.key().sign(MESSAGE.clone()))) {
                findings.error(
                        "RP-06",
                        "a trial signature of %s does not verify with the certificate's key"
                                .formatted(credential.key().description()),
                        "name the key and the certificate that belong together");
            }
        } catch (SigningKeyException | RuntimeException e) {
            findings.error(
                    "KP-01",
                    "%s does not sign: %s"
                            .formatted(credential.key().description(), e.getMessage()),
                    "make the key usable for signing");
        }
    }

    private static boolean verifies(ResponderCredential credential, byte[] signature)
            throws SigningKeyException {
        return SignatureVerifier.of(credential.certifiedKey(), credential.key().scheme())
                .verifies(MESSAGE, signature);
    }
}
