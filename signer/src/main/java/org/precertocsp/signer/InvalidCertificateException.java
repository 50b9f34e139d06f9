package org.precertocsp.signer;

import org.jspecify.annotations.Nullable;

/// A certificate that cannot be read; the message gives the position and the cause.
public final class InvalidCertificateException extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidCertificateException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
