package org.precertocsp.responder.cluster;

/// Bytes that are no record of this version; the message gives the reason.
final class InvalidRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidRecordException(String reason) {
        super(reason);
    }
}
