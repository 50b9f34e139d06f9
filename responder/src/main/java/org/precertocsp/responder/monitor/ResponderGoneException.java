package org.precertocsp.responder.monitor;

/// A responder no longer answers a request that it answered before, so that rules cannot be
/// checked.
final class ResponderGoneException extends Exception {
    private static final long serialVersionUID = 1L;

    ResponderGoneException(String message) {
        super(message);
    }

    /// The message, never absent.
    String explanation() {
        return String.valueOf(getMessage());
    }
}
