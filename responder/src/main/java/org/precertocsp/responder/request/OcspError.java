package org.precertocsp.responder.request;

/// The unsigned OCSPResponseStatus values (RFC 6960 §4.2.1); 4 is not used (RP-03).
public enum OcspError {
    MALFORMED_REQUEST(1),
    INTERNAL_ERROR(2),
    TRY_LATER(3),
    SIG_REQUIRED(5),
    UNAUTHORIZED(6);

    private final int code;

    OcspError(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
