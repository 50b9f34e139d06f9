package org.precertocsp.responder.status;

import org.jspecify.annotations.Nullable;

/// The store failed: disk, corruption, closed. Never a status (invariant 3).
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
