package org.precertocsp.responder.config;

/// A value that is not valid for its key.
final class InvalidValueException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String why;

    InvalidValueException(String why) {
        super(why);
        this.why = why;
    }

    /// The problem, and how to correct it.
    String why() {
        return why;
    }
}
