package org.precertocsp.responder.intake.ctlog.head;

/// A tree head that cannot be read, or that the log's key did not sign. The message tells which.
public final class UntrustedHead extends Exception {
    private static final long serialVersionUID = 1L;

    public UntrustedHead(String message) {
        super(message);
    }
}
