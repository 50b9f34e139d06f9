package org.precertocsp.responder.monitor.response;

import org.precertocsp.ocsp.Octets;

/// Extracts bytes from DER unchanged: a parser that encodes them again might correct them, but a
/// signature covers what was sent.
final class DerCut {
    private DerCut() {}

    /// The first element inside the outermost one, tag and length included.
    ///
    /// @throws IndexOutOfBoundsException if it is not inside
    static Octets firstInside(Octets element) {
        byte[] octets = element.toArray();
        int start = content(octets, 0);
        int end = content(octets, start) + length(octets, start);
        return Octets.of(octets, start, end - start);
    }

    private static int content(byte[] octets, int at) {
        int first = octets[at + 1];
        return at + 2 + (first < 0 ? first & 0x7f : 0);
    }

    private static int length(byte[] octets, int at) {
        int first = octets[at + 1];
        if (first >= 0) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = length << 8 | (octets[at + 2 + i] & 0xff);
        }
        return length;
    }
}
