package org.precertocsp.responder.request;

/// Thrown inside the decoder only, where it becomes [Rejected]. Carries no stack trace: hostile
/// bytes must not cost more than honest ones.
final class MalformedDer extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedDer(String why) {
        super(why, null, false, false);
    }

    /// The refusal it becomes.
    Rejected rejected() {
        return new Rejected(OcspError.MALFORMED_REQUEST, String.valueOf(getMessage()));
    }
}
