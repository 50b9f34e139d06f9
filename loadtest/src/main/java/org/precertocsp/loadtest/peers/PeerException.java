package org.precertocsp.loadtest.peers;

/// A server did not start, or answered unexpectedly.
public final class PeerException extends Exception {
    private static final long serialVersionUID = 1L;

    public PeerException(String message) {
        super(message);
    }

    public PeerException(String message, Throwable cause) {
        super(message, cause);
    }
}
