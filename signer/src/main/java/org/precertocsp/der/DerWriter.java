package org.precertocsp.der;

import java.time.Instant;

/// Encodes DER front to back into one array of the right size. For one thread.
///
/// DER puts every length before its content, so the caller adds up the lengths first, with
/// [#elementLength]. Where speed does not matter, [#encode] builds one element at a time.
public final class DerWriter {
    /// Of a complete GeneralizedTime: tag, length, fourteen digits and Z.
    public static final int TIME_LENGTH = 2 + Asn1Time.GENERALIZED_TIME_LENGTH;

    private static final int LONG_FORM = 0x80;

    private final ByteStringWriter out;

    /// @param length of all bytes that will be written
    public DerWriter(int length) {
        this.out = new ByteStringWriter(length);
    }

    /// The length of an element with this many bytes of content.
    public static int elementLength(int contentLength) {
        return 1 + lengthBytes(contentLength) + contentLength;
    }

    /// One element: tag, length, and the parts of its content one after the other.
    public static byte[] encode(int tag, byte[]... content) {
        int length = 0;
        for (byte[] part : content) {
            length += part.length;
        }
        DerWriter writer = new DerWriter(elementLength(length));
        writer.header(tag, length);
        for (byte[] part : content) {
            writer.raw(part);
        }
        return writer.toArray();
    }

    /// Tag and length only, for content that is written elsewhere.
    public static byte[] encodeHeader(int tag, long contentLength) {
        DerWriter writer = new DerWriter(1 + lengthBytes(contentLength));
        writer.header(tag, contentLength);
        return writer.toArray();
    }

    public void header(int tag, long contentLength) {
        out.put(tag);
        int more = lengthBytes(contentLength) - 1;
        if (more > 0) {
            out.put(LONG_FORM | more);
        }
        for (int shift = 8 * Math.max(more - 1, 0); shift >= 0; shift -= 8) {
            out.put((int) (contentLength >> shift));
        }
    }

    public void element(int tag, ByteString content) {
        header(tag, content.length());
        out.put(content);
    }

    /// Bytes that are DER already, or belong to the content of an element.
    public void raw(ByteString bytes) {
        out.put(bytes);
    }

    public void raw(byte[] bytes) {
        out.put(bytes);
    }

    public void raw(int oneByte) {
        out.put(oneByte);
    }

    /// GeneralizedTime in whole seconds with Z (RP-12); a fraction is truncated.
    ///
    /// @throws IllegalArgumentException if the year does not have four digits
    public void time(Instant instant) {
        header(DerTag.GENERALIZED_TIME, Asn1Time.GENERALIZED_TIME_LENGTH);
        out.put(Asn1Time.generalizedTime(instant));
    }

    public ByteString toByteString() {
        return out.toByteString();
    }

    /// The array; the caller owns it alone.
    public byte[] toArray() {
        return out.toArray();
    }

    private static int lengthBytes(long contentLength) {
        return contentLength < LONG_FORM
                ? 1
                : 1 + (Long.SIZE - Long.numberOfLeadingZeros(contentLength) + 7) / 8;
    }
}
