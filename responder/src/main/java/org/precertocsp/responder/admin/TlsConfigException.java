package org.precertocsp.responder.admin;

import org.jspecify.annotations.Nullable;

/// The private API's certificate, key or client CAs cannot be used; the message names the file.
public final class TlsConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    public TlsConfigException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
