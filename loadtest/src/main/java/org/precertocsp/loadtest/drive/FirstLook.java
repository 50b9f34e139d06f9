package org.precertocsp.loadtest.drive;

/// Reads the responseStatus from the first bytes of an OCSPResponse (RFC 6960 §4.2.1), cheaply
/// enough for every answer.
final class FirstLook {
    static final int SUCCESSFUL = 0;
    static final int INTERNAL_ERROR = 2;
    static final int TRY_LATER = 3;
    static final int UNAUTHORIZED = 6;

    /// Not an OCSPResponse, or not all of it.
    static final int MALFORMED = -1;

    private static final int SEQUENCE = 0x30;
    private static final int ENUMERATED = 0x0A;

    private FirstLook() {}

    /// @return the responseStatus, or [#MALFORMED]
    static int status(byte[] bytes, int at, int length) {
        if (length < 5 || bytes[at] != SEQUENCE) {
            return MALFORMED;
        }
        int first = bytes[at + 1] & 0xFF;
        int more = first < 0x80 ? 0 : first - 0x80;
        if (more > 3 || length < 5 + more) {
            return MALFORMED;
        }
        int content = more == 0 ? first : 0;
        for (int i = 0; i < more; i++) {
            content = content << 8 | (bytes[at + 2 + i] & 0xFF);
        }
        int value = at + 2 + more;
        boolean whole = 2 + more + content == length;
        return whole && bytes[value] == ENUMERATED && bytes[value + 1] == 1
                ? bytes[value + 2]
                : MALFORMED;
    }
}
