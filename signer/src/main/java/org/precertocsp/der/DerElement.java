package org.precertocsp.der;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// One element inside a larger array, which is shared and never changed. Used to keep a structure
/// that is read more than once, such as the fields of a certificate.
///
/// Hashes and signatures cover the bytes as issued, so nothing here is decoded and encoded again.
public final class DerElement {
    private final boolean strict;
    private final byte[] source;
    private final int start;
    private final int content;
    private final int end;

    DerElement(boolean strict, byte[] source, int start, int content, int end) {
        this.strict = strict;
        this.source = source;
        this.start = start;
        this.content = content;
        this.end = end;
    }

    /// The element that fills the whole array; lengths may have more bytes than needed, here and
    /// inside.
    public static DerElement of(ByteString der) throws MalformedDerException {
        DerElement element = first(der);
        if (element.end != der.length()) {
            throw new MalformedDerException(
                    (der.length() - element.end) + " bytes follow where it should end");
        }
        return element;
    }

    /// The element at the start of the bytes, whatever follows it.
    public static DerElement first(ByteString der) throws MalformedDerException {
        Optional<DerHeader> header = DerHeader.peek(der.toArray(), 0);
        if (header.isPresent() && header.get().end() > der.length()) {
            throw new MalformedDerException(
                    "cut short: %d of %d bytes are there"
                            .formatted(der.length(), header.get().end()));
        }
        DerReader reader = DerReader.lenient(der.toArray());
        reader.next();
        return reader.element();
    }

    public int tag() {
        return source[start] & 0xff;
    }

    public boolean is(int tag) {
        return tag() == tag;
    }

    /// @throws MalformedDerException naming `what`, if the tag is another
    public DerElement expect(int tag, String what) throws MalformedDerException {
        if (!is(tag)) {
            throw malformed("%s expected, found tag 0x%02x".formatted(what, tag()));
        }
        return this;
    }

    /// The offset of the element in the array it was read from.
    public int start() {
        return start;
    }

    public int contentLength() {
        return end - content;
    }

    /// A byte of the content, unsigned.
    public int contentAt(int index) {
        return source[content + index] & 0xff;
    }

    public boolean contentIs(byte... expected) {
        return Arrays.equals(source, content, end, expected, 0, expected.length);
    }

    /// Whether it is a BOOLEAN with a value other than FALSE.
    public boolean isTrue() {
        return is(DerTag.BOOLEAN) && contentLength() == 1 && contentAt(0) != 0;
    }

    public ByteString content() {
        return ByteString.of(source, content, end - content);
    }

    /// Tag, length and content.
    public ByteString encoded() {
        return ByteString.of(source, start, end - start);
    }

    /// Whether the other has the same bytes, tag and length included.
    public boolean isSame(DerElement other) {
        return Arrays.equals(source, start, end, other.source, other.start, other.end);
    }

    /// The value of a BIT STRING of whole bytes.
    public ByteString bits() throws MalformedDerException {
        if (contentLength() == 0 || contentAt(0) != 0) {
            throw malformed("a BIT STRING not of whole bytes");
        }
        return ByteString.of(source, content + 1, end - content - 1);
    }

    /// A reader of the content.
    public DerReader inside() {
        return new DerReader(strict, 0, source, content, end);
    }

    /// The elements that the content consists of, one level deep.
    public List<DerElement> children() throws MalformedDerException {
        List<DerElement> found = new ArrayList<>();
        for (DerReader reader = inside(); reader.hasMore(); ) {
            reader.next();
            found.add(reader.element());
        }
        return found;
    }

    /// The only element that the content consists of.
    public DerElement onlyChild() throws MalformedDerException {
        DerReader reader = inside();
        reader.next();
        if (reader.hasMore()) {
            throw malformed("more than one value");
        }
        return reader.element();
    }

    /// Copies tag, length and content.
    public void writeTo(ByteArrayOutputStream out) {
        out.write(source, start, end - start);
    }

    private MalformedDerException malformed(String problem) {
        return new MalformedDerException(problem, start);
    }
}
