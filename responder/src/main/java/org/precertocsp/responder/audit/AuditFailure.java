package org.precertocsp.responder.audit;

/// The audit log could not be written.
public final class AuditFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AuditFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
