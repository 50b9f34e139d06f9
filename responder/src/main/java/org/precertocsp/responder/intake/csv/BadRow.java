package org.precertocsp.responder.intake.csv;

/// One row cannot be used; the message says why and, where there is one, the remedy.
final class BadRow extends Exception {
    private static final long serialVersionUID = 1L;

    BadRow(String message) {
        super(message, null, false, false);
    }
}
