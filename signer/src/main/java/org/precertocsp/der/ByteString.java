package org.precertocsp.der;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/// An immutable byte string, compared by content; records hold one instead of an array, whose
/// `equals` compares identity.
public final class ByteString implements Comparable<ByteString> {
    private static final HexFormat HEX = HexFormat.of();

    private final byte[] bytes;

    private ByteString(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Copies the bytes, so that later changes to the array are not seen.
    public static ByteString of(byte... bytes) {
        return new ByteString(bytes.clone());
    }

    /// Copies `length` bytes from `offset`.
    ///
    /// @throws IndexOutOfBoundsException if the range is not inside the array
    public static ByteString of(byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        return new ByteString(Arrays.copyOfRange(source, offset, offset + length));
    }

    /// Takes ownership of an array that no other code references.
    static ByteString owning(byte[] bytes) {
        return new ByteString(bytes);
    }

    /// Reads lower- or upper-case hexadecimal without separators.
    ///
    /// @throws IllegalArgumentException if it is not hexadecimal of whole bytes
    public static ByteString ofHex(String hex) {
        return new ByteString(HEX.parseHex(hex));
    }

    public int length() {
        return bytes.length;
    }

    public byte at(int index) {
        return bytes[index];
    }

    /// A new copy; changing it does not change this object.
    public byte[] toArray() {
        return bytes.clone();
    }

    /// Copies all bytes into `target` from `offset`, without an intermediate array.
    public void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, bytes.length);
    }

    /// Adds all bytes to what is digested, without copying them.
    public void addTo(MessageDigest digest) {
        digest.update(bytes);
    }

    /// Compares with a range of an array, without copying it.
    public boolean isAt(byte[] source, int offset, int length) {
        return Arrays.equals(bytes, 0, bytes.length, source, offset, offset + length);
    }

    /// True if `source` holds exactly these bytes from `offset`; false also if it ends before that.
    public boolean areAt(byte[] source, int offset) {
        return offset >= 0
                && offset <= source.length - bytes.length
                && isAt(source, offset, bytes.length);
    }

    /// True if `source` holds exactly these bytes anywhere.
    public boolean areIn(byte[] source) {
        for (int i = 0; i <= source.length - bytes.length; i++) {
            if (isAt(source, i, bytes.length)) {
                return true;
            }
        }
        return false;
    }

    public String toHex() {
        return HEX.formatHex(bytes);
    }

    /// Unsigned lexicographic order, a prefix first: the order of keys in the store.
    @Override
    public int compareTo(ByteString other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByteString that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return toHex();
    }
}
