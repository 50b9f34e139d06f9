package org.precertocsp.signer.key;

import org.jspecify.annotations.Nullable;

/// A key cannot be opened or cannot sign; the message names the source, the cause and the remedy,
/// never a secret.
public final class SigningKeyException extends Exception {
    private static final long serialVersionUID = 1L;

    public SigningKeyException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
