package org.precertocsp.responder.intake.ctlog.head;

/// A tree head that cannot be parsed, or that the log's key did not sign; the message says which.
public final class UntrustedHead extends Exception {
    private static final long serialVersionUID = 1L;

    public UntrustedHead(String message) {
        super(message);
    }
}
