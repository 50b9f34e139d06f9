package org.precertocsp.signer;

import org.jspecify.annotations.Nullable;

/// No signature can be made now. Never becomes a status (invariant 3).
public final class SignerUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    /// The cause; the first three do not indicate a problem of the key.
    public enum Cause {
        /// In-flight and waiting permits are all taken.
        QUEUE_FULL,
        /// More single-use responses were requested than are signed per second.
        RATE_LIMITED,
        /// The deadline passed before the signature was made.
        DEADLINE,
        /// Recent failures opened the circuit breaker; only probes are admitted.
        BREAKER_OPEN,
        /// The key or its token failed.
        KEY_FAILED,
        /// The key made a signature that does not verify with the certificate sent.
        SIGNATURE_INVALID,
        /// The credential expires too early, or is not yet valid, for a response the profile allows
        /// (TF-02, TF-09).
        CREDENTIAL_ENDING,
        /// The signature was made, but could not be recorded (LG-01).
        UNRECORDED,
        /// A response that no other request can share was requested of a node without keys.
        NO_KEY;

        /// True if the key itself is the cause.
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
