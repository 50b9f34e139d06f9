package org.precertocsp.der;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// Converts BER with indefinite lengths (X.690 §8.1.3.6), which some tools write around signed
/// data, to definite lengths. Elements that have definite lengths throughout are copied unchanged.
///
/// Works in memory, up to [#MAX_BYTES]: tools that write BER write small lists.
public final class BerConverter {
    public static final int MAX_BYTES = 16 << 20;

    private static final int MAX_DEPTH = 64;
    private static final int INDEFINITE = 0x80;
    private static final int MAX_LENGTH_BYTES = 4;
    private static final int BITS_IN_PARTS = DerTag.BIT_STRING | DerTag.CONSTRUCTED;
    private static final int CONSTRUCTED_OCTET_STRING = DerTag.OCTET_STRING | DerTag.CONSTRUCTED;

    private final byte[] ber;
    private int next;

    private BerConverter(byte[] ber, int start) {
        this.ber = ber;
        this.next = start;
    }

    /// The first element with definite lengths, followed by the remaining input.
    ///
    /// @throws MalformedDerException if it is not BER either
    public static byte[] toDefinite(byte[] ber) throws MalformedDerException {
        BerConverter reader = new BerConverter(ber, 0);
        byte[] first = reader.element(0);
        byte[] whole = Arrays.copyOf(first, first.length + ber.length - reader.next);
        System.arraycopy(ber, reader.next, whole, first.length, ber.length - reader.next);
        return whole;
    }

    /// The first element inside the outermost, as it stands in the file.
    public static byte[] firstInside(byte[] ber) throws MalformedDerException {
        BerConverter reader = new BerConverter(ber, 1);
        reader.length();
        int start = reader.next;
        reader.element(0);
        return Arrays.copyOfRange(ber, start, reader.next);
    }

    private byte[] element(int depth) throws MalformedDerException {
        if (depth > MAX_DEPTH) {
            throw malformed("more than %d levels".formatted(MAX_DEPTH), next);
        }
        int start = next;
        int tag = read();
        if ((tag & DerTag.SEVERAL_BYTES) == DerTag.SEVERAL_BYTES) {
            throw malformed("a tag of several bytes", start);
        }
        int length = length();
        if (!DerTag.isConstructed(tag)) {
            if (length < 0) {
                throw malformed("a primitive element of indefinite length", start);
            }
            next += length;
            return Arrays.copyOfRange(ber, start, next);
        }
        return constructed(tag, start, length, depth);
    }

    private byte[] constructed(int tag, int start, int length, int depth)
            throws MalformedDerException {
        int content = next;
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        boolean string = tag == BITS_IN_PARTS || tag == CONSTRUCTED_OCTET_STRING;
        int end = length < 0 ? ber.length : content + length;
        while (length < 0 ? !atEndOfContents() : next < end) {
            parts.writeBytes(string ? segment(tag, depth) : element(depth + 1));
        }
        byte[] joined = parts.toByteArray();
        if (length < 0) {
            next += 2;
        } else if (next != end) {
            throw malformed("an element longer than what holds it", start);
        } else if (!string && Arrays.equals(joined, 0, joined.length, ber, content, end)) {
            return Arrays.copyOfRange(ber, start, end);
        }
        return switch (tag) {
            case CONSTRUCTED_OCTET_STRING -> DerWriter.encode(DerTag.OCTET_STRING, joined);
            // No unused bits.
            case BITS_IN_PARTS -> DerWriter.encode(DerTag.BIT_STRING, new byte[1], joined);
            default -> DerWriter.encode(tag, joined);
        };
    }

    /// The content of one segment of a string that is sent in segments.
    private byte[] segment(int tag, int depth) throws MalformedDerException {
        byte[] part = element(depth + 1);
        BerConverter inside = new BerConverter(part, 1);
        inside.length();
        // The number of unused bits of a bit string stands before the first segment only.
        int skipped = tag == BITS_IN_PARTS && part.length > inside.next ? 1 : 0;
        return Arrays.copyOfRange(part, inside.next + skipped, part.length);
    }

    private boolean atEndOfContents() throws MalformedDerException {
        if (ber.length - next < 2) {
            throw malformed("the file ends in the middle", next);
        }
        return ber[next] == 0 && ber[next + 1] == 0;
    }

    private int read() throws MalformedDerException {
        if (next >= ber.length) {
            throw malformed("the file ends in the middle", next);
        }
        return ber[next++] & 0xff;
    }

    /// Negative for an indefinite one.
    private int length() throws MalformedDerException {
        int start = next;
        int first = read();
        if (first == INDEFINITE) {
            return -1;
        }
        long length = first;
        if (first > INDEFINITE) {
            int count = first - INDEFINITE;
            if (count > MAX_LENGTH_BYTES) {
                throw malformed("a length no file has", start);
            }
            length = 0;
            for (int i = 0; i < count; i++) {
                length = length << 8 | read();
            }
        }
        if (length > ber.length - next) {
            throw malformed("an element longer than what holds it", start);
        }
        return (int) length;
    }

    private static MalformedDerException malformed(String problem, int at) {
        return new MalformedDerException(problem, at);
    }
}
