package org.precertocsp.responder.intake.certificate;

/// Octets that are not what they should be.
final class MalformedDer extends Exception {
    private static final long serialVersionUID = 1L;

    private final String why;

    /// @param why what is wrong and where; never the octets themselves
    MalformedDer(String why) {
        super(why);
        this.why = why;
    }

    String why() {
        return why;
    }
}
