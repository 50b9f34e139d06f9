package org.precertocsp.responder.intake.list;

/// A row cannot be used; the message contains the reason and, if there is one, the remedy.
final class InvalidRowException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidRowException(String message) {
        super(message, null, false, false);
    }
}
