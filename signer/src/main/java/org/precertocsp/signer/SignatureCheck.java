package org.precertocsp.signer;

import java.util.concurrent.atomic.AtomicLong;
import org.precertocsp.signer.key.SignatureVerifier;
import org.precertocsp.signer.key.SigningKeyException;

/// Verifies signatures with the public key of the certificate sent, before they are released
/// (invariant 9). Thread-safe.
///
/// Every signature of a token is verified: it comes from outside this process, where keys are
/// exchanged, nodes fail over and firmware changes. A key in this process computes with a library
/// that was tested with this key when it was opened, and verifying a P-256 signature takes four
/// times as long as making it (Corretto, two shared cores: 90 to 140 µs against 22 to 35), which
/// would double the cost of a live response. So a sample is verified: the first signatures after a
/// load, then one of [#SAMPLE], about a microsecond for each signature; after one that did not
/// verify, as many again as at first.
final class SignatureCheck {
    /// One of this many signatures of a key in this process is verified.
    static final int SAMPLE = 128;

    /// This many consecutive signatures are verified after a load and after a failed verification.
    static final int FIRST = 16;

    private final SignatureVerifier verifier;
    private final boolean every;
    private final AtomicLong made = new AtomicLong();

    /// @throws IllegalArgumentException if the certificate's key is of an unknown kind, which
    ///   [CredentialLint] rejects
    SignatureCheck(ResponderCredential credential) {
        try {
            this.verifier =
                    SignatureVerifier.of(credential.certifiedKey(), credential.key().scheme());
        } catch (SigningKeyException e) {
            throw new IllegalArgumentException(e);
        }
        this.every = credential.key().mayHang();
    }

    /// False if the signature must not be released or stored.
    boolean passes(byte[] message, byte[] signature) {
        if (!isDue()) {
            return true;
        }
        boolean verifies = verifier.verifies(message, signature);
        if (!verifies) {
            made.set(0);
        }
        return verifies;
    }

    private boolean isDue() {
        if (every) {
            return true;
        }
        long number = made.getAndIncrement();
        return number < FIRST || number % SAMPLE == 0;
    }
}
