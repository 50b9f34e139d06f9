package org.precertocsp.ocsp;

import java.math.BigInteger;
import org.precertocsp.der.ByteString;

/// A certificate serial: the content bytes of its DER INTEGER, kept exactly as issued (SS-16).
///
/// Zero and negative serials are representable, since real CRLs and requests carry them (SS-15).
public final class Serial implements Comparable<Serial> {
    /// RFC 5280 §4.1.2.2 allows 20 bytes; a sign byte of zero before them is tolerated on input.
    public static final int MAX_BYTES = 20;

    private static final byte[] NO_BYTES = {};

    // By ASCII character; −1 for those that are no hexadecimal digits.
    private static final byte[] DIGITS = digits();

    private final ByteString content;

    private Serial(ByteString content) {
        this.content = content;
    }

    private static byte[] digits() {
        byte[] digits = new byte[128];
        for (int c = 0; c < digits.length; c++) {
            digits[c] = (byte) Character.digit(c, 16);
        }
        return digits;
    }

    /// @throws InvalidSerialException if empty, not minimal DER (X.690 §8.3.2), or longer than 20
    ///   bytes plus a leading zero
    public static Serial ofDerContent(byte[] bytes) {
        return ofDerContent(bytes, 0, bytes.length);
    }

    /// As [#ofDerContent(byte[])], for a range of a larger buffer.
    public static Serial ofDerContent(byte[] source, int offset, int length) {
        if (length == 0) {
            throw new InvalidSerialException("a serial has at least one byte (X.690 §8.3.1)");
        }
        int magnitude = source[offset] == 0 ? length - 1 : length;
        if (magnitude > MAX_BYTES) {
            throw new InvalidSerialException(
                    "a serial has at most 20 bytes (RFC 5280 §4.1.2.2), not " + magnitude);
        }
        if (length > 1 && isPadding(source[offset], source[offset + 1])) {
            throw new InvalidSerialException("a serial is minimal DER (X.690 §8.3.2), not padded");
        }
        return new Serial(ByteString.of(source, offset, length));
    }

    /// @throws InvalidSerialException if the number needs more than 20 bytes
    public static Serial of(BigInteger number) {
        return ofDerContent(number.toByteArray());
    }

    /// Reads hexadecimal as people write it: `0x` before it, colons or blanks between bytes, an odd
    /// digit count, upper or lower case. The number is unsigned, as in certificate viewers; a
    /// leading minus makes it negative.
    ///
    /// @throws InvalidSerialException if it is not hexadecimal or too long
    public static Serial ofHex(String text) {
        byte[] plain = plainHex(text);
        return plain.length > 0 ? ofDerContent(plain) : ofWrittenHex(text);
    }

    /// Parses the usual form, an even number of digits and nothing else, ten times as fast: feeds
    /// have millions of them. Empty for any other form.
    private static byte[] plainHex(String text) {
        int length = text.length();
        if (length == 0 || length > 2 * MAX_BYTES || length % 2 != 0) {
            return NO_BYTES;
        }
        // A zero byte precedes a number whose first bit would be read as its sign.
        int sign = digit(text.charAt(0)) >= 8 ? 1 : 0;
        byte[] bytes = new byte[sign + length / 2];
        for (int i = 0; i < length; i += 2) {
            int high = digit(text.charAt(i));
            int low = digit(text.charAt(i + 1));
            if ((high | low) < 0) {
                return NO_BYTES;
            }
            bytes[sign + i / 2] = (byte) (high << 4 | low);
        }
        boolean padded = bytes.length > 1 && isPadding(bytes[0], bytes[1]);
        return padded ? NO_BYTES : bytes;
    }

    private static int digit(char c) {
        return c < DIGITS.length ? DIGITS[c] : -1;
    }

    private static Serial ofWrittenHex(String text) {
        boolean negative = text.startsWith("-");
        String digits = text.substring(negative ? 1 : 0).replaceAll("[:\\s]", "");
        if (digits.startsWith("0x") || digits.startsWith("0X")) {
            digits = digits.substring(2);
        }
        if (!digits.matches("[0-9a-fA-F]+")) {
            throw new InvalidSerialException("'" + text + "' is not a hexadecimal serial");
        }
        String significant = digits.replaceFirst("^0+(?=.)", "");
        if (significant.length() > 2 * MAX_BYTES) {
            throw new InvalidSerialException("a serial has at most 20 bytes (RFC 5280 §4.1.2.2)");
        }
        BigInteger magnitude = new BigInteger(significant, 16);
        return of(negative ? magnitude.negate() : magnitude);
    }

    private static boolean isPadding(byte first, byte second) {
        return (first == 0 && second >= 0) || (first == -1 && second < 0);
    }

    /// The DER content bytes, leading zero kept.
    public ByteString content() {
        return content;
    }

    public BigInteger number() {
        return new BigInteger(content.toArray());
    }

    /// Lower-case hexadecimal of the content bytes, leading zero kept.
    public String toHex() {
        return content.toHex();
    }

    /// The order of keys in the store: unsigned and lexicographic, not numeric.
    @Override
    public int compareTo(Serial other) {
        return content.compareTo(other.content);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Serial that && content.equals(that.content);
    }

    @Override
    public int hashCode() {
        return content.hashCode();
    }

    @Override
    public String toString() {
        return toHex();
    }
}
