package org.precertocsp.responder.store;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.io.VarInt;

/// Encodes a row; [RowReader] decodes it.
final class RowWriter {
    static final int TIME_BYTES = 5;

    private byte[] bytes = new byte[32];
    private int length;

    RowWriter uint8(int value) {
        return bigEndian(value & 0xff, 1);
    }

    RowWriter int32(int value) {
        return bigEndian(value, Integer.BYTES);
    }

    RowWriter int64(long value) {
        return bigEndian(value, Long.BYTES);
    }

    /// Seconds since 1970 as a signed number of 40 bits: 17,000 years in each direction.
    RowWriter time(Instant time) {
        long seconds = time.getEpochSecond();
        if (seconds >> 39 != 0 && seconds >> 39 != -1) {
            throw new IllegalArgumentException(time + " does not fit into 40 bits");
        }
        return bigEndian(seconds, TIME_BYTES);
    }

    RowWriter text(String text) {
        return counted(text.getBytes(StandardCharsets.UTF_8));
    }

    RowWriter bytes(ByteString value) {
        return counted(value.toArray());
    }

    /// The length as a [#count], then the bytes.
    RowWriter counted(byte[] content) {
        return count(content.length).raw(content);
    }

    /// A [VarInt].
    RowWriter count(int number) {
        ensure(VarInt.size(number));
        length = VarInt.write(number, bytes, length);
        return this;
    }

    RowWriter raw(byte[] content) {
        ensure(content.length);
        System.arraycopy(content, 0, bytes, length, content.length);
        length += content.length;
        return this;
    }

    byte[] toArray() {
        return Arrays.copyOf(bytes, length);
    }

    private RowWriter bigEndian(long value, int size) {
        ensure(size);
        for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (value >> shift);
        }
        return this;
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
