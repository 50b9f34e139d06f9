package org.precertocsp.responder.audit;

import org.jspecify.annotations.Nullable;

/// The audit log could not be written.
public final class AuditException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AuditException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
