package org.precertocsp.loadtest.drive;

/// Nobody listens where the requests should go.
public final class TargetUnreachable extends Exception {
    private static final long serialVersionUID = 1L;

    public TargetUnreachable(String message) {
        super(message);
    }

    public TargetUnreachable(String message, Throwable cause) {
        super(message, cause);
    }
}
