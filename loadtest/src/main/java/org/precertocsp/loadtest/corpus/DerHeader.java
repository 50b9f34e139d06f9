package org.precertocsp.loadtest.corpus;

import java.io.ByteArrayOutputStream;

/// Tag and length of a DER value (X.690 §8.1).
final class DerHeader {
    private DerHeader() {}

    static byte[] sequence(long length) {
        return of(0x30, length);
    }

    static byte[] of(int tag, long length) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.write(tag);
        if (length < 0x80) {
            header.write((int) length);
        } else {
            int bytes = (64 - Long.numberOfLeadingZeros(length) + 7) / 8;
            header.write(0x80 | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                header.write((int) (length >>> (8 * i)));
            }
        }
        return header.toByteArray();
    }
}
