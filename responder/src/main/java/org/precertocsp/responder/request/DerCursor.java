package org.precertocsp.responder.request;

import java.util.Arrays;
import org.precertocsp.ocsp.Octets;

/// Walks DER inside a caller's array without copying it. Holds one position and the end of the
/// value it is inside of; every read is checked against that end.
final class DerCursor {
    static final int BOOLEAN = 0x01;
    static final int INTEGER = 0x02;
    static final int OCTET_STRING = 0x04;
    static final int NULL = 0x05;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int SEQUENCE = 0x30;

    private final byte[] source;
    private int position;
    private int end;

    DerCursor(byte[] source, int offset, int length) {
        this.source = source;
        this.position = offset;
        this.end = offset + length;
    }

    /// An explicit context tag such as `[0]`.
    static int context(int number) {
        return 0xa0 | number;
    }

    byte[] source() {
        return source;
    }

    int position() {
        return position;
    }

    boolean atEnd() {
        return position == end;
    }

    boolean isAt(int tag) {
        return position < end && (source[position] & 0xff) == tag;
    }

    /// Steps into a value; reads stop at its end until [#leave].
    ///
    /// @return what to hand to [#leave]
    int enter(int tag, String what) throws MalformedDer {
        int length = header(tag, what);
        int outer = end;
        end = position + length;
        return outer;
    }

    /// Steps out of a value that must have been read to its end.
    void leave(int outer, String what) throws MalformedDer {
        if (position != end) {
            throw new MalformedDer("octets after the end of " + what);
        }
        end = outer;
    }

    /// Reads a tag and length, leaving the position at the value, which is sure to be whole.
    ///
    /// @return the length of the value
    int header(int tag, String what) throws MalformedDer {
        if (!isAt(tag)) {
            throw new MalformedDer(atEnd() ? what + " is missing" : "not a " + what);
        }
        position++;
        int length = length(what);
        if (length > end - position) {
            throw new MalformedDer(what + " is cut off");
        }
        return length;
    }

    /// Moves past octets whose header was read.
    void skip(int length) {
        position += length;
    }

    /// Moves past one whole value, whatever is in it.
    void skipValue(int tag, String what) throws MalformedDer {
        skip(header(tag, what));
    }

    /// Moves to the end of the value it is in.
    void skipRest() {
        position = end;
    }

    /// Reads a primitive value whole.
    Octets octets(int tag, String what) throws MalformedDer {
        int length = header(tag, what);
        Octets value = Octets.of(source, position, length);
        skip(length);
        return value;
    }

    /// Reads the header of an OBJECT IDENTIFIER and checks its content, which comes next.
    ///
    /// @return the length of the content
    int oidHeader(String what) throws MalformedDer {
        int length = header(OBJECT_IDENTIFIER, what);
        boolean startsArc = true;
        for (int i = position; i < position + length; i++) {
            if (startsArc && source[i] == (byte) 0x80) {
                throw new MalformedDer(what + " has padding (X.690 §8.19.2)");
            }
            startsArc = source[i] >= 0;
        }
        if (length == 0 || !startsArc) {
            throw new MalformedDer(what + " is incomplete (X.690 §8.19)");
        }
        return length;
    }

    /// Reads the content octets of an OBJECT IDENTIFIER.
    Octets oid(String what) throws MalformedDer {
        int length = oidHeader(what);
        Octets value = Octets.of(source, position, length);
        skip(length);
        return value;
    }

    /// Reads all that is left of the value it is in.
    Octets rest() {
        Octets value = Octets.of(source, position, end - position);
        skipRest();
        return value;
    }

    /// True if the next octets, up to the end of the value, are these.
    boolean restIs(byte... expected) {
        return Arrays.equals(source, position, end, expected, 0, expected.length);
    }

    private int length(String what) throws MalformedDer {
        int first = octet(what);
        if (first < 0x80) {
            return first;
        }
        int count = first & 0x7f;
        if (count == 0) {
            throw new MalformedDer(what + " has an indefinite length (X.690 §10.1)");
        }
        // Three octets reach 16 MB, far beyond any body limit.
        if (count > 3) {
            throw new MalformedDer(what + " is too long");
        }
        int length = 0;
        for (int i = 0; i < count; i++) {
            length = (length << 8) | octet(what);
        }
        if (length < 0x80 || length >>> (8 * (count - 1)) == 0) {
            throw new MalformedDer(what + " has a length in more octets than needed (X.690 §10.1)");
        }
        return length;
    }

    private int octet(String what) throws MalformedDer {
        if (atEnd()) {
            throw new MalformedDer(what + " is cut off");
        }
        return source[position++] & 0xff;
    }
}
