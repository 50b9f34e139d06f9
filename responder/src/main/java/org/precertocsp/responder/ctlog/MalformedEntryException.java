package org.precertocsp.responder.ctlog;

/// Bytes of a log that do not have the required structure.
public final class MalformedEntryException extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param why the error and its position; never the bytes themselves
    public MalformedEntryException(String why) {
        super(why);
    }
}
