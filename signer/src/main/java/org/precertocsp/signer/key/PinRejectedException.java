package org.precertocsp.signer.key;

import org.jspecify.annotations.Nullable;

/// The token rejected the PIN, or it must not be tried again: another attempt could lock the token.
final class PinRejectedException extends Exception {
    private static final long serialVersionUID = 1L;

    PinRejectedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
