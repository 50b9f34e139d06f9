package org.precertocsp.signer;

import org.jspecify.annotations.Nullable;

/// No signature can be had now. Never turns into a status (invariant 3).
public final class SignerUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    /// Why; the first three say nothing about the key.
    public enum Cause {
        /// In-flight and waiting places are all taken.
        QUEUE_FULL,
        /// More answers for one request alone were asked for than are signed per second.
        RATE_LIMITED,
        /// The deadline passed before the signature was made.
        DEADLINE,
        /// Recent failures opened the circuit breaker; only a probe is let through.
        BREAKER_OPEN,
        /// The key or its token failed.
        KEY_FAILED,
        /// The key made a signature that does not verify with the certificate sent.
        SIGNATURE_INVALID,
        /// The credential does not last, or has not begun, for a response the profile allows
        /// (TF-02, TF-09).
        CREDENTIAL_ENDING,
        /// The signature was made, but could not be taken down (LG-01).
        UNRECORDED;

        /// True where the key itself is to blame.
        public boolean isOfKey() {
            return this == KEY_FAILED || this == SIGNATURE_INVALID;
        }
    }

    private final Cause reason;

    public SignerUnavailableException(Cause reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public SignerUnavailableException(Cause reason, String message) {
        this(reason, message, null);
    }

    public Cause reason() {
        return reason;
    }
}
