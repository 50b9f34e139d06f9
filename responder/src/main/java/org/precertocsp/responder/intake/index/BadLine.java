package org.precertocsp.responder.intake.index;

/// One line cannot be used; the message names the field and why.
final class BadLine extends Exception {
    private static final long serialVersionUID = 1L;

    BadLine(String message) {
        super(message, null, false, false);
    }
}
