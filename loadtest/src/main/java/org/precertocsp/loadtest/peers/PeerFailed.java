package org.precertocsp.loadtest.peers;

/// A server did not start, or answered unexpectedly.
public final class PeerFailed extends Exception {
    private static final long serialVersionUID = 1L;

    public PeerFailed(String message) {
        super(message);
    }

    public PeerFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
