package org.precertocsp.signer;

import java.util.concurrent.atomic.AtomicLong;
import org.precertocsp.signer.key.SignatureVerifier;
import org.precertocsp.signer.key.SigningKeyException;

/// Verifies what a key signed with the public key of the certificate sent, before anybody gets it
/// (invariant 9). Thread-safe.
///
/// Every signature of a token is verified: it comes from outside this process, where keys are
/// exchanged, nodes fail over and firmware changes. A key in this process computes with a library
/// that was proven with that very key when it was opened, and to verify a P-256 signature takes
/// four times as long as to make it (Corretto, two shared cores: 90 to 140 µs against 22 to 35),
/// which would double what a live answer costs. So a sample is verified: the first signatures after
/// a load, then one of [#SAMPLE], about a microsecond for each signature, and after one that did
/// not verify again as many as at first.
final class SignatureCheck {
    /// Of the signatures of a key in this process, one of so many.
    static final int SAMPLE = 128;

    /// So many one after another, after a load and after a signature that did not verify.
    static final int FIRST = 16;

    private final SignatureVerifier verifier;
    private final boolean every;
    private final AtomicLong made = new AtomicLong();

    /// @throws IllegalArgumentException if the certificate's key is of no known kind, which
    ///   [CredentialLint] refuses
    SignatureCheck(ResponderCredential credential) {
        try {
            this.verifier =
                    SignatureVerifier.of(credential.certifiedKey(), credential.key().scheme());
        } catch (SigningKeyException e) {
            throw new IllegalArgumentException(e);
        }
        this.every = credential.key().mayHang();
    }

    /// False if the signature must not be given out or kept.
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
