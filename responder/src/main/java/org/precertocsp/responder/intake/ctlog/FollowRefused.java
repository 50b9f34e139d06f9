package org.precertocsp.responder.intake.ctlog;

/// What was asked for cannot be done, for no fault of the log; the message tells the remedy.
public final class FollowRefused extends Exception {
    private static final long serialVersionUID = 1L;

    FollowRefused(String message) {
        super(message);
    }
}
