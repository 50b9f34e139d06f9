package org.precertocsp.responder.ctlog;

/// The requested first entry is not possible; the message contains the remedy.
public final class InvalidStartEntryException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidStartEntryException(String message) {
        super(message);
    }
}
