package org.precertocsp.loadtest.drive;

/// The target accepts no connection.
public final class TargetUnreachable extends Exception {
    private static final long serialVersionUID = 1L;

    public TargetUnreachable(String message) {
        super(message);
    }

    public TargetUnreachable(String message, Throwable cause) {
        super(message, cause);
    }
}
