package org.precertocsp.responder.intake.ctlog;

/// The requested first entry is not possible; the message contains the remedy.
public final class FollowRefused extends Exception {
    private static final long serialVersionUID = 1L;

    FollowRefused(String message) {
        super(message);
    }
}
