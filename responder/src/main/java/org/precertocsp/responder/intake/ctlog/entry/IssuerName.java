package org.precertocsp.responder.intake.ctlog.entry;

/// Finds the issuer's name in a certificate by skipping the elements before it.
final class IssuerName {
    private static final int SEQUENCE = 0x30;
    private static final int INTEGER = 0x02;
    private static final int VERSION = 0xa0;
    private static final int NONE = -1;

    private IssuerName() {}

    /// The position of the name's tag; negative if this is not a certificate.
    ///
    /// @param end of the certificate, exclusive
    static int at(byte[] der, int start, int end) {
        int tbs = content(der, start, end, SEQUENCE);
        int at = content(der, tbs, end, SEQUENCE);
        if (at >= 0 && at < end && (der[at] & 0xff) == VERSION) {
            at = after(der, at, end, VERSION);
        }
        at = after(der, at, end, INTEGER);
        at = after(der, at, end, SEQUENCE);
        return at >= 0 && at < end && der[at] == SEQUENCE ? at : NONE;
    }

    private static int after(byte[] der, int at, int end, int tag) {
        int content = content(der, at, end, tag);
        if (content < 0) {
            return NONE;
        }
        long next = content + length(der, at);
        return next <= end ? (int) next : NONE;
    }

    /// The position of the content of the element at `at`, if it has this tag.
    private static int content(byte[] der, int at, int end, int tag) {
        if (at < 0 || at + 2 > end || (der[at] & 0xff) != tag) {
            return NONE;
        }
        int first = der[at + 1] & 0xff;
        int more = first < 0x80 ? 0 : first - 0x80;
        return first == 0x80 || more > 4 || at + 2 + more > end ? NONE : at + 2 + more;
    }

    /// The length of an element with a valid header.
    private static long length(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        long length = 0;
        for (int i = 0; i < first - 0x80; i++) {
            length = length << 8 | (der[at + 2 + i] & 0xff);
        }
        return length;
    }
}
