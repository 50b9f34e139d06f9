package org.precertocsp.responder.intake.crl;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.precertocsp.responder.intake.FeedRefused;

/// BER with indefinite lengths (X.690 §8.1.3.6), as some tools write around what is signed, turned
/// into definite lengths. What had definite lengths throughout stays octet by octet as it is.
final class Ber {
    /// Held in memory: what writes BER writes small lists.
    static final int MAX_OCTETS = 16 << 20;

    private static final int MAX_DEPTH = 64;
    private static final int CONSTRUCTED = 0x20;
    private static final int INDEFINITE = 0x80;
    private static final int LENGTH_OCTETS = 4;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;

    private final byte[] octets;
    private int next;

    private Ber(byte[] octets, int start) {
        this.octets = octets;
        this.next = start;
    }

    /// @throws FeedRefused if it is not BER either
    static byte[] definite(byte[] ber) throws FeedRefused {
        return definite(ber, 0);
    }

    private static byte[] definite(byte[] ber, int start) throws FeedRefused {
        Ber reader = new Ber(ber, start);
        byte[] first = reader.element(0);
        byte[] whole = Arrays.copyOf(first, first.length + ber.length - reader.next);
        System.arraycopy(ber, reader.next, whole, first.length, ber.length - reader.next);
        return whole;
    }

    /// The first element inside the outermost, as it stands in the file.
    static byte[] firstInside(byte[] ber) throws FeedRefused {
        Ber reader = new Ber(ber, 1);
        reader.length();
        int start = reader.next;
        reader.element(0);
        return Arrays.copyOfRange(ber, start, reader.next);
    }

    /// An element with the shortest header, as DER wants it.
    static byte[] element(int tag, byte[] content) {
        int count = 0;
        if (content.length > 0x7f) {
            count = (32 - Integer.numberOfLeadingZeros(content.length) + 7) / 8;
        }
        byte[] element = new byte[2 + count + content.length];
        element[0] = (byte) tag;
        element[1] = (byte) (count == 0 ? content.length : 0x80 | count);
        for (int i = 0; i < count; i++) {
            element[2 + i] = (byte) (content.length >>> (8 * (count - 1 - i)));
        }
        System.arraycopy(content, 0, element, 2 + count, content.length);
        return element;
    }

    private byte[] element(int depth) throws FeedRefused {
        if (depth > MAX_DEPTH) {
            throw DerInput.malformed("more than %d levels".formatted(MAX_DEPTH), next);
        }
        int start = next;
        int tag = octet();
        if ((tag & 0x1f) == 0x1f) {
            throw DerInput.malformed("a tag of several octets", start);
        }
        int length = length();
        if ((tag & CONSTRUCTED) == 0) {
            if (length < 0) {
                throw DerInput.malformed("a primitive element of indefinite length", start);
            }
            next += length;
            return Arrays.copyOfRange(octets, start, next);
        }
        int content = next;
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        boolean string = tag == (BIT_STRING | CONSTRUCTED) || tag == (OCTET_STRING | CONSTRUCTED);
        int end = length < 0 ? octets.length : content + length;
        while (length < 0 ? !atEnd() : next < end) {
            parts.writeBytes(string ? segment(tag, depth) : element(depth + 1));
        }
        if (length < 0) {
            next += 2;
        } else if (next != end) {
            throw DerInput.malformed("an element longer than what holds it", start);
        } else if (!string
                && Arrays.equals(parts.toByteArray(), Arrays.copyOfRange(octets, content, end))) {
            return Arrays.copyOfRange(octets, start, end);
        }
        return string ? joined(tag, parts.toByteArray()) : element(tag, parts.toByteArray());
    }

    /// One part of a string that is sent in parts: its content.
    private byte[] segment(int tag, int depth) throws FeedRefused {
        byte[] part = element(depth + 1);
        Ber inside = new Ber(part, 1);
        inside.length();
        // Of a bit string the number of unused bits goes before the first part only.
        int skipped = tag == (BIT_STRING | CONSTRUCTED) && part.length > inside.next ? 1 : 0;
        return Arrays.copyOfRange(part, inside.next + skipped, part.length);
    }

    private static byte[] joined(int tag, byte[] content) {
        if (tag == (OCTET_STRING | CONSTRUCTED)) {
            return element(OCTET_STRING, content);
        }
        byte[] bits = new byte[content.length + 1];
        System.arraycopy(content, 0, bits, 1, content.length);
        return element(BIT_STRING, bits);
    }

    private boolean atEnd() throws FeedRefused {
        if (octets.length - next < 2) {
            throw DerInput.malformed("the file ends in the middle", next);
        }
        return octets[next] == 0 && octets[next + 1] == 0;
    }

    private int octet() throws FeedRefused {
        if (next >= octets.length) {
            throw DerInput.malformed("the file ends in the middle", next);
        }
        return octets[next++] & 0xff;
    }

    /// Negative for an indefinite one.
    private int length() throws FeedRefused {
        int start = next;
        int first = octet();
        if (first == INDEFINITE) {
            return -1;
        }
        long length = first;
        if (first > INDEFINITE) {
            int count = first & 0x7f;
            if (count > LENGTH_OCTETS) {
                throw DerInput.malformed("a length no file has", start);
            }
            length = 0;
            for (int i = 0; i < count; i++) {
                length = length << 8 | octet();
            }
        }
        if (length > octets.length - next) {
            throw DerInput.malformed("an element longer than what holds it", start);
        }
        return (int) length;
    }
}
