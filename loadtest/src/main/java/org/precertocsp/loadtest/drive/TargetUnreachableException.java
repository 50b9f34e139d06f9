package org.precertocsp.loadtest.drive;

/// The target accepts no connection.
public final class TargetUnreachableException extends Exception {
    private static final long serialVersionUID = 1L;

    public TargetUnreachableException(String message) {
        super(message);
    }

    public TargetUnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
