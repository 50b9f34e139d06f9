package org.precertocsp.responder.config;

/// A value that does not say what its key needs.
final class BadValue extends Exception {
    private static final long serialVersionUID = 1L;

    private final String why;

    BadValue(String why) {
        super(why);
        this.why = why;
    }

    /// What is wrong with it and what to write instead.
    String why() {
        return why;
    }
}
