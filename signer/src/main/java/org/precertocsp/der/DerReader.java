package org.precertocsp.der;

import java.util.Arrays;
import java.util.Objects;

/// Reads DER in a range of an array, one element after the other. For one thread.
///
/// A reader has a *current element*, its tag and the position of its content in the array; [#next]
/// moves to the next one. Nested elements are read with [#inside], a second reader, or, where
/// nothing may be allocated, with [#enter] and [#leave] of the same reader. Nothing is copied
/// unless a method returns [ByteString] or an array.
///
/// Every element is checked to end inside its container before any of it is returned, so offsets of
/// the current element are always inside the range. A failed [#next] leaves the reader at its
/// position.
public final class DerReader {
    /// No element of an array has a longer length; a strict length has no more bytes either.
    private static final int MAX_LENGTH_BYTES = 4;

    private static final int INDEFINITE = 0x80;

    private final boolean strict;
    private final long origin;
    private byte[] source;
    private int end;
    private int next;
    private int tag;
    private int start;
    private int content;
    private int contentEnd;

    DerReader(boolean strict, long origin, byte[] source, int from, int to) {
        this.strict = strict;
        this.origin = origin;
        this.source = source;
        this.next = from;
        this.end = to;
    }

    /// A reader that accepts DER only.
    public static DerReader strict(byte[] source) {
        return strict(source, 0, source.length);
    }

    /// @throws IndexOutOfBoundsException if the range is not inside the array
    public static DerReader strict(byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        return new DerReader(true, 0, source, offset, offset + length);
    }

    /// A reader that also accepts lengths of more bytes than needed.
    public static DerReader lenient(byte[] source) {
        return lenient(source, 0L);
    }

    /// @param origin offset of the array in the whole input, for messages
    public static DerReader lenient(byte[] source, long origin) {
        return new DerReader(false, origin, source, 0, source.length);
    }

    /// @throws IndexOutOfBoundsException if the range is not inside the array
    public static DerReader lenient(byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        return new DerReader(false, 0, source, offset, offset + length);
    }

    /// Starts again in another array, so that one reader serves consecutive requests.
    ///
    /// @throws IndexOutOfBoundsException if the range is not inside the array
    public void reset(byte[] newSource, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, newSource.length);
        source = newSource;
        next = offset;
        end = offset + length;
        start = offset;
        content = offset;
        contentEnd = offset;
        tag = 0;
    }

    // The reader

    public byte[] source() {
        return source;
    }

    /// The offset of the next element in the array.
    public int position() {
        return next;
    }

    public boolean hasMore() {
        return next < end;
    }

    /// The next element's tag; -1 if there is none.
    public int nextTag() {
        return next < end ? source[next] & 0xff : -1;
    }

    public boolean nextIs(int wanted) {
        return nextTag() == wanted;
    }

    /// Moves to the next element.
    public void next() throws MalformedDerException {
        int at = next;
        if (end - at < 2) {
            throw malformed(at == end ? "an element is missing" : "an element is cut short", at);
        }
        int identifier = source[at] & 0xff;
        if ((identifier & DerTag.SEVERAL_BYTES) == DerTag.SEVERAL_BYTES) {
            throw malformed("a tag of several bytes", at);
        }
        int from = at + 2;
        int length = source[at + 1] & 0xff;
        if (length >= INDEFINITE) {
            int count = length & 0x7f;
            length = longLength(at, count);
            from += count;
        }
        if (length > end - from) {
            throw malformed("an element longer than what holds it", at);
        }
        tag = identifier;
        start = at;
        content = from;
        contentEnd = from + length;
        next = contentEnd;
    }

    private int longLength(int at, int count) throws MalformedDerException {
        if (count == 0) {
            throw malformed("an indefinite length, which DER does not know", at);
        }
        if (count > MAX_LENGTH_BYTES) {
            throw malformed("a length of more than 4 bytes", at);
        }
        int from = at + 2;
        if (count > end - from) {
            throw malformed("an element is cut short", at);
        }
        int length = 0;
        for (int i = from; i < from + count; i++) {
            length = length << 8 | (source[i] & 0xff);
        }
        if (length < 0) {
            throw malformed("an element longer than what holds it", at);
        }
        if (strict && (length < INDEFINITE || length >>> (8 * (count - 1)) == 0)) {
            throw malformed("a length of more bytes than needed (X.690 §10.1)", at);
        }
        return length;
    }

    /// Moves to the next element, which must have that tag.
    ///
    /// @param what its name in the message
    public void next(int wanted, String what) throws MalformedDerException {
        int found = nextTag();
        if (found != wanted) {
            throw found < 0
                    ? malformed(what + " is missing", next)
                    : malformed("%s expected, found tag 0x%02x".formatted(what, found), next);
        }
        next();
    }

    /// Moves to the next element if it has that tag.
    public boolean nextIf(int wanted) throws MalformedDerException {
        if (nextTag() != wanted) {
            return false;
        }
        next();
        return true;
    }

    /// As [#next(int, String)], for an OBJECT IDENTIFIER whose arcs are checked (X.690 §8.19).
    public void nextOid(String what) throws MalformedDerException {
        next(DerTag.OBJECT_IDENTIFIER, what);
        checkOid(what);
    }

    /// Checks the arcs of the current element; not needed if it equals a known identifier.
    public void checkOid(String what) throws MalformedDerException {
        boolean startsArc = true;
        for (int i = content; i < contentEnd; i++) {
            if (startsArc && source[i] == (byte) 0x80) {
                throw malformed(what + " has padding (X.690 §8.19.2)", start);
            }
            startsArc = source[i] >= 0;
        }
        if (content == contentEnd || !startsArc) {
            throw malformed(what + " is incomplete (X.690 §8.19)", start);
        }
    }

    /// As [#next(int, String)] followed by [#enter()].
    public int enter(int wanted, String what) throws MalformedDerException {
        next(wanted, what);
        return enter();
    }

    /// Enters the current element: reading ends at its end, until [#leave].
    ///
    /// @return the argument for [#leave]
    public int enter() {
        int outer = end;
        end = contentEnd;
        next = content;
        return outer;
    }

    /// Leaves an element that must have been read to its end.
    public void leave(int outer, String what) throws MalformedDerException {
        expectEnd(what);
        end = outer;
    }

    public void expectEnd(String what) throws MalformedDerException {
        if (next != end) {
            throw malformed("more than belongs in " + what, next);
        }
    }

    /// Skips the remaining elements.
    public void skipRest() {
        next = end;
    }

    // The current element

    public int tag() {
        return tag;
    }

    /// The offset of its tag in the array.
    public int start() {
        return start;
    }

    /// The offset of its content in the array.
    public int contentStart() {
        return content;
    }

    public int contentLength() {
        return contentEnd - content;
    }

    /// A byte of the content, unsigned.
    ///
    /// @throws IndexOutOfBoundsException if the content is shorter
    public int contentAt(int index) {
        return source[content + Objects.checkIndex(index, contentEnd - content)] & 0xff;
    }

    public boolean contentIs(byte... expected) {
        return Arrays.equals(source, content, contentEnd, expected, 0, expected.length);
    }

    public boolean contentIs(ByteString expected) {
        return expected.isAt(source, content, contentEnd - content);
    }

    /// Compares with what [#encoded] would return, without a copy.
    public boolean encodedIs(ByteString expected) {
        return expected.isAt(source, start, contentEnd - start);
    }

    public ByteString content() {
        return ByteString.of(source, content, contentEnd - content);
    }

    public byte[] contentBytes() {
        return Arrays.copyOfRange(source, content, contentEnd);
    }

    /// Tag, length and content.
    public ByteString encoded() {
        return ByteString.of(source, start, contentEnd - start);
    }

    /// The current element as an object; it shares the array.
    public DerElement element() {
        return new DerElement(strict, source, start, content, contentEnd);
    }

    /// A reader of the content.
    public DerReader inside() {
        return new DerReader(strict, origin, source, content, contentEnd);
    }

    /// As [#next(int, String)] followed by [#inside()].
    public DerReader inside(int wanted, String what) throws MalformedDerException {
        next(wanted, what);
        return inside();
    }

    /// Seconds since 1970 of a GeneralizedTime in the only form RFC 5280 §4.1.2.5.2 allows.
    public long epochSecond() throws MalformedDerException {
        if (tag != DerTag.GENERALIZED_TIME
                || contentEnd - content != Asn1Time.GENERALIZED_TIME_LENGTH) {
            throw malformed("a GeneralizedTime of whole seconds in Z expected", start);
        }
        long second = Asn1Time.epochSecond(source, content);
        if (second == Asn1Time.NO_TIME) {
            throw malformed("a GeneralizedTime that is none", start);
        }
        return second;
    }

    /// An exception for the current element.
    public MalformedDerException malformed(String problem) {
        return malformed(problem, start);
    }

    private MalformedDerException malformed(String problem, int at) {
        return new MalformedDerException(problem, origin + at);
    }
}
