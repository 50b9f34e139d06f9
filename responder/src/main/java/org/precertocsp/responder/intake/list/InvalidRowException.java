package org.precertocsp.responder.intake.list;

/// One row cannot be used; the message says why and, where there is one, the remedy.
final class InvalidRowException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidRowException(String message) {
        super(message, null, false, false);
    }
}
