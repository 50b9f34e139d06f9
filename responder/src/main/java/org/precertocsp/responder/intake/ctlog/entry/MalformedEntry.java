package org.precertocsp.responder.intake.ctlog.entry;

/// Octets of a log that are not the structure they should be.
public final class MalformedEntry extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param why what is wrong and where; never the octets themselves
    public MalformedEntry(String why) {
        super(why);
    }
}
