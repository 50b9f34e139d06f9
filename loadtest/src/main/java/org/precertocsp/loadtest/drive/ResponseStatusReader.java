package org.precertocsp.loadtest.drive;

import org.precertocsp.der.DerReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.MalformedDerException;

/// Reads the responseStatus from the first bytes of an OCSPResponse (RFC 6960 §4.2.1), fast enough
/// for every answer: one reader serves all of them. For one thread.
final class ResponseStatusReader {
    static final int SUCCESSFUL = 0;
    static final int INTERNAL_ERROR = 2;
    static final int TRY_LATER = 3;
    static final int UNAUTHORIZED = 6;

    /// Not an OCSPResponse, or incomplete.
    static final int MALFORMED = -1;

    private static final byte[] NOTHING = {};

    private final DerReader reader = DerReader.strict(NOTHING);

    /// @return the responseStatus, or [#MALFORMED]
    int read(byte[] bytes, int at, int length) {
        reader.reset(bytes, at, length);
        try {
            int whole = reader.enter(DerTag.SEQUENCE, "OCSPResponse");
            reader.next(DerTag.ENUMERATED, "responseStatus");
            int status = reader.contentLength() == 1 ? reader.contentAt(0) : MALFORMED;
            reader.skipRest();
            return reader.position() == whole ? status : MALFORMED;
        } catch (MalformedDerException _) {
            return MALFORMED;
        }
    }
}
