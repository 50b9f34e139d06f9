package org.precertocsp.der;

/// Fills an array whose length is known in advance and returns it without a copy. For one thread.
///
/// Nothing can be written after it was returned, so that a [ByteString] stays immutable.
public final class ByteStringWriter {
    private static final byte[] HANDED_OVER = {};

    private byte[] bytes;
    private int position;

    public ByteStringWriter(int length) {
        this.bytes = new byte[length];
    }

    /// Writes the lowest eight bits.
    ///
    /// @throws IndexOutOfBoundsException beyond the length, as for every method that writes
    public void put(int b) {
        bytes[position] = (byte) b;
        position++;
    }

    public void put(byte[] source) {
        System.arraycopy(source, 0, bytes, position, source.length);
        position += source.length;
    }

    public void put(ByteString source) {
        source.copyTo(bytes, position);
        position += source.length();
    }

    /// The bytes written.
    ///
    /// @throws IllegalStateException if fewer bytes were written than announced, or they were
    ///   returned before
    public ByteString toByteString() {
        return ByteString.owning(toArray());
    }

    /// As [#toByteString], as an array that the caller owns.
    public byte[] toArray() {
        if (position != bytes.length) {
            throw new IllegalStateException(
                    "%d of %d bytes are written".formatted(position, bytes.length));
        }
        byte[] finished = bytes;
        bytes = HANDED_OVER;
        position = -1;
        return finished;
    }
}
