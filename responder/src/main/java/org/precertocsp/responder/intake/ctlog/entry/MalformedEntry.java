package org.precertocsp.responder.intake.ctlog.entry;

/// Bytes of a log that do not have the required structure.
public final class MalformedEntry extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param why what is wrong and where; never the bytes themselves
    public MalformedEntry(String why) {
        super(why);
    }
}
