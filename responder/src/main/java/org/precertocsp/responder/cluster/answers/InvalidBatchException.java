package org.precertocsp.responder.cluster.answers;

/// A body that is not a batch of CertIDs.
public final class InvalidBatchException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidBatchException(String message) {
        super(message);
    }
}
