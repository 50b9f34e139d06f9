package org.precertocsp.signer.key;

import org.jspecify.annotations.Nullable;

/// The token did not take the PIN, or must not be asked: trying again could lock it.
final class PinRejectedException extends Exception {
    private static final long serialVersionUID = 1L;

    PinRejectedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
