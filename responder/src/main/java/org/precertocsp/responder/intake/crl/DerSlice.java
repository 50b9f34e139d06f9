package org.precertocsp.responder.intake.crl;

import java.util.Arrays;

/// Walks the elements of a small DER content held in memory: one CRL entry, or the extensions.
///
/// Lengths need not be minimal: what a signature covers is read if it can be understood.
final class DerSlice {
    /// The octets are not what belongs there. Thrown for small parts of a large file, so without a
    /// stack trace.
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        private Malformed(String message) {
            super(message, null, false, false);
        }
    }

    private static final int MAX_LENGTH_OCTETS = 4;

    private final byte[] octets;
    private final long base;
    private final int end;
    private int after;
    private int tag;
    private int offset;

    /// @param base offset of `octets[0]` in the file, for messages
    DerSlice(byte[] octets, long base) {
        this(octets, base, 0, octets.length);
    }

    private DerSlice(byte[] octets, long base, int start, int end) {
        this.octets = octets;
        this.base = base;
        this.after = start;
        this.end = end;
    }

    boolean more() {
        return after < end;
    }

    /// Steps to the next element.
    DerSlice next() throws Malformed {
        int start = after;
        if (end - start < 2) {
            throw malformed("an element is missing or cut short");
        }
        tag = octets[start] & 0xff;
        int length = octets[start + 1] & 0xff;
        offset = start + 2;
        if (length > 0x7f) {
            length = longLength(length & 0x7f);
        }
        if ((tag & 0x1f) == 0x1f || length > end - offset) {
            throw malformed("an element longer than what holds it");
        }
        after = offset + length;
        return this;
    }

    private int longLength(int count) throws Malformed {
        if (count < 1 || count > MAX_LENGTH_OCTETS || count > end - offset) {
            throw malformed("a length that cannot be right here");
        }
        int length = 0;
        for (int i = 0; i < count; i++) {
            length = length << 8 | (octets[offset++] & 0xff);
        }
        if (length < 0) {
            throw malformed("a length that cannot be right here");
        }
        return length;
    }

    /// Steps to the next element, which must have that tag.
    DerSlice next(int wanted, String what) throws Malformed {
        next();
        if (tag != wanted) {
            throw malformed(what + " expected, found tag 0x%02x".formatted(tag));
        }
        return this;
    }

    int tag() {
        return tag;
    }

    byte[] octets() {
        return octets;
    }

    int offset() {
        return offset;
    }

    int length() {
        return after - offset;
    }

    /// What is inside the current element.
    DerSlice inside() {
        return new DerSlice(octets, base, offset, after);
    }

    void expectEnd() throws Malformed {
        if (more()) {
            throw malformed("more than belongs here");
        }
    }

    /// The content of the current element.
    byte[] content() {
        return Arrays.copyOfRange(octets, offset, after);
    }

    Malformed malformed(String what) {
        return new Malformed(what + " (offset " + (base + after) + ")");
    }
}
