package org.precertocsp.responder.intake.certificate;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.precertocsp.ocsp.Octets;

/// One tag-length-value inside a larger array, which is shared and never changed.
///
/// Hashes and signatures are over octets as issued, so nothing here is decoded and encoded again.
/// Lengths longer than need be are tolerated, since they change no status; indefinite ones are not.
final class DerElement {
    static final int BOOLEAN = 0x01;
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int SEQUENCE = 0x30;

    private final byte[] buffer;
    private final int start;
    private final int content;
    private final int end;

    private DerElement(byte[] buffer, int start, int content, int end) {
        this.buffer = buffer;
        this.start = start;
        this.content = content;
        this.end = end;
    }

    /// The element that fills the octets from first to last.
    static DerElement of(Octets der) throws MalformedDer {
        byte[] buffer = der.toArray();
        DerElement element = read(buffer, 0, buffer.length);
        if (element.end != buffer.length) {
            throw new MalformedDer(
                    (buffer.length - element.end) + " octets follow where it should end");
        }
        return element;
    }

    /// The element that begins the octets, whatever follows.
    static DerElement first(Octets der) throws MalformedDer {
        byte[] buffer = der.toArray();
        return read(buffer, 0, buffer.length);
    }

    private static DerElement read(byte[] buffer, int start, int limit) throws MalformedDer {
        if (limit - start < 2) {
            throw cutShort(start);
        }
        if ((buffer[start] & 0x1f) == 0x1f) {
            throw new MalformedDer("a tag no certificate has, at octet " + start);
        }
        int first = buffer[start + 1] & 0xff;
        int lengthOctets = first < 0x80 ? 0 : first - 0x80;
        if (first == 0x80 || lengthOctets > 4) {
            throw new MalformedDer("a length that is not DER, at octet " + (start + 1));
        }
        int content = start + 2 + lengthOctets;
        if (content > limit) {
            throw cutShort(start);
        }
        long length = first < 0x80 ? first : 0;
        for (int i = start + 2; i < content; i++) {
            length = length << 8 | (buffer[i] & 0xff);
        }
        if (length > limit - content) {
            throw cutShort(start);
        }
        return new DerElement(buffer, start, content, content + (int) length);
    }

    private static MalformedDer cutShort(int start) {
        return new MalformedDer("what begins at octet " + start + " is cut short");
    }

    /// A tag, the shortest length, and the content.
    static byte[] encode(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 6);
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            int octets = (39 - Integer.numberOfLeadingZeros(content.length)) / 8;
            out.write(0x80 + octets);
            for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
                out.write(content.length >>> shift);
            }
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    int tag() {
        return buffer[start] & 0xff;
    }

    boolean is(int tag) {
        return tag() == tag;
    }

    /// @throws MalformedDer naming `what`, if the tag is another
    DerElement expect(int tag, String what) throws MalformedDer {
        if (!is(tag)) {
            throw new MalformedDer("no " + what + " at octet " + start);
        }
        return this;
    }

    /// Where it begins in the array it was cut from.
    int start() {
        return start;
    }

    int contentLength() {
        return end - content;
    }

    int contentAt(int index) {
        return buffer[content + index] & 0xff;
    }

    /// Tag, length and content.
    Octets whole() {
        return Octets.of(buffer, start, end - start);
    }

    Octets content() {
        return Octets.of(buffer, content, end - content);
    }

    /// The content without its first octet: the value of a BIT STRING of whole octets.
    Octets bits() throws MalformedDer {
        if (contentLength() == 0 || contentAt(0) != 0) {
            throw new MalformedDer("a BIT STRING not of whole octets, at octet " + start);
        }
        return Octets.of(buffer, content + 1, end - content - 1);
    }

    boolean contentEquals(byte[] octets) {
        return Arrays.equals(buffer, content, end, octets, 0, octets.length);
    }

    boolean wholeEquals(DerElement other) {
        return Arrays.equals(buffer, start, end, other.buffer, other.start, other.end);
    }

    /// The elements the content consists of, one level deep.
    List<DerElement> children() throws MalformedDer {
        return elements(content);
    }

    /// The single element the content consists of.
    DerElement onlyChild() throws MalformedDer {
        DerElement child = read(buffer, content, end);
        if (child.end != end) {
            throw new MalformedDer("more than one value at octet " + start);
        }
        return child;
    }

    private List<DerElement> elements(int from) throws MalformedDer {
        List<DerElement> found = new ArrayList<>();
        for (int at = from; at < end; ) {
            DerElement next = read(buffer, at, end);
            found.add(next);
            at = next.end;
        }
        return found;
    }

    void writeTo(ByteArrayOutputStream out) {
        out.write(buffer, start, end - start);
    }
}
