package org.precertocsp.responder.cluster.snapshot;

/// A snapshot that must not be taken. The message names the file, what is wrong with it, and what
/// to do.
public final class InvalidSnapshotException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidSnapshotException(String message) {
        super(message);
    }
}
