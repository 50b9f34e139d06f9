package org.precertocsp.responder.store;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.precertocsp.der.ByteString;
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

    int octet() {
        return (int) bigEndian(1) & 0xff;
    }

    int int32() {
        return (int) bigEndian(Integer.BYTES);
    }

    long int64() {
        return bigEndian(Long.BYTES);
    }

    Instant time() {
        return Instant.ofEpochSecond(bigEndian(RowWriter.TIME_OCTETS));
    }

    String text() {
        return new String(counted(), StandardCharsets.UTF_8);
    }

    ByteString octets() {
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

    /// A number that is not negative, in groups of seven bits.
    int count() {
        long value = 0;
        int shift = 0;
        int octet;
        do {
            octet = octet();
            value |= (octet & 0x7fL) << shift;
            shift += 7;
        } while (octet >= 0x80 && shift < 35);
        boolean padded = octet == 0 && shift > 7;
        if (octet >= 0x80 || padded || value > Integer.MAX_VALUE) {
            throw damaged("a number of " + value);
        }
        return (int) value;
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
        int format = octet();
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
