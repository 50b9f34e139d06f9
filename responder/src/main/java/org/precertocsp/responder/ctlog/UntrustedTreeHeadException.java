package org.precertocsp.responder.ctlog;

/// A tree head that cannot be parsed, or that the log's key did not sign; the message says which.
public final class UntrustedTreeHeadException extends Exception {
    private static final long serialVersionUID = 1L;

    public UntrustedTreeHeadException(String message) {
        super(message);
    }
}
