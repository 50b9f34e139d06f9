package org.precertocsp.loadtest.drive;

/// Why a request received no OCSP answer.
public enum RequestFailure {
    CONNECT,
    /// The connection ended before the answer did.
    CLOSED,
    /// No answer within 10 seconds of sending.
    TIMEOUT,
    /// An HTTP status other than 200.
    HTTP_STATUS,
    /// Not an HTTP/1 answer.
    HTTP_SYNTAX,
    /// The responder was busy or failed: `tryLater` or `internalError`.
    TRY_LATER,
    /// Due, but the server had not caught up with the schedule when the run was stopped.
    UNSENT
}
