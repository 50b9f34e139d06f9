package org.precertocsp.responder.store;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.io.VarInt;
import org.precertocsp.responder.status.StoreException;

/// Decodes rows of [RowWriter]. A row that does not decode exactly is a [StoreException].
final class RowReader {
    private final String what;
    private final byte[] bytes;
    private int at;

    /// @param what name of the row in messages, such as `status`
    RowReader(String what, byte[] bytes) {
        this.what = what;
        this.bytes = bytes;
    }

    int uint8() {
        return (int) bigEndian(1) & 0xff;
    }

    int int32() {
        return (int) bigEndian(Integer.BYTES);
    }

    long int64() {
        return bigEndian(Long.BYTES);
    }

    Instant time() {
        return Instant.ofEpochSecond(bigEndian(RowWriter.TIME_BYTES));
    }

    String text() {
        return new String(counted(), StandardCharsets.UTF_8);
    }

    ByteString bytes() {
        return ByteString.of(counted());
    }

    byte[] counted() {
        int length = count();
        if (length > bytes.length - at) {
            throw damaged("a length of " + length);
        }
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    /// A [VarInt].
    int count() {
        int value = VarInt.read(bytes, at);
        if (value < 0) {
            throw damaged("not a number at " + at);
        }
        at += VarInt.size(value);
        return value;
    }

    /// All remaining bytes.
    byte[] rest() {
        int from = at;
        at = bytes.length;
        return Arrays.copyOfRange(bytes, from, at);
    }

    boolean hasMore() {
        return at < bytes.length;
    }

    void end() {
        if (hasMore()) {
            throw damaged("bytes after the end");
        }
    }

    /// Reads the format byte that begins every row but that of the status.
    void format(int expected) {
        int format = uint8();
        if (format != expected) {
            throw unknownFormat(format);
        }
    }

    StoreException unknownFormat(int format) {
        return new StoreException(
                "a %s row has format %d, which this version of the program cannot read: %s"
                        .formatted(what, format, hex()),
                null);
    }

    StoreException damaged(String detail) {
        return new StoreException(
                "a %s row is damaged (%s): %s".formatted(what, detail, hex()), null);
    }

    private String hex() {
        int shown = Math.min(bytes.length, 64);
        return HexFormat.of().formatHex(bytes, 0, shown) + (shown < bytes.length ? "…" : "");
    }

    /// Sign-extended.
    private long bigEndian(int size) {
        if (bytes.length - at < size) {
            throw damaged("it ends early");
        }
        long value = bytes[at++];
        for (int i = 1; i < size; i++) {
            value = (value << 8) | (bytes[at++] & 0xff);
        }
        return value;
    }
}
