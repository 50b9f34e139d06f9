package org.precertocsp.responder.monitor.rule;

/// A responder no longer answers what it answered before: whatever else is asked of it now says
/// nothing of the rule asked about.
final class ResponderGone extends Exception {
    private static final long serialVersionUID = 1L;

    ResponderGone(String message) {
        super(message);
    }

    /// The message, never absent.
    String explanation() {
        return String.valueOf(getMessage());
    }
}
