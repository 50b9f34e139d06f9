package org.precertocsp.responder.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.Serial;

/// The keys of rows, as [ColumnFamily] lists them. Serials keep their leading zero bytes (SS-16).
final class RowKeys {
    static final int ISSUER_BYTES = 2;

    /// The longest content of a serial, with a sign byte.
    static final int MAX_SERIAL = Serial.MAX_BYTES + 1;

    private RowKeys() {}

    static byte[] serial(int issuer, Serial serial) {
        ByteString content = serial.content();
        byte[] key = new byte[ISSUER_BYTES + content.length()];
        key[0] = (byte) (issuer >> 8);
        key[1] = (byte) issuer;
        content.copyTo(key, ISSUER_BYTES);
        return key;
    }

    /// The prefix of the keys of all serials of an issuer.
    static byte[] issuer(int issuer) {
        return new byte[] {(byte) (issuer >> 8), (byte) issuer};
    }

    /// After all serials of an issuer.
    static byte[] afterSerials(int issuer) {
        byte[] key = new byte[ISSUER_BYTES + 1 + Serial.MAX_BYTES + 1];
        Arrays.fill(key, (byte) 0xff);
        key[0] = (byte) (issuer >> 8);
        key[1] = (byte) issuer;
        return key;
    }

    /// Right after one serial of an issuer.
    static byte[] after(int issuer, Serial serial) {
        byte[] key = serial(issuer, serial);
        return Arrays.copyOf(key, key.length + 1);
    }

    /// The number of the issuer with which a key of [#serial] or [#response] begins.
    static int issuerIn(byte[] key) {
        return (key[0] & 0xff) << 8 | (key[1] & 0xff);
    }

    static Serial serialIn(byte[] statusKey) {
        return Serial.ofDerContent(statusKey, ISSUER_BYTES, statusKey.length - ISSUER_BYTES);
    }

    /// @param form as [CertIdVariant] numbers it
    static byte[] response(int issuer, Serial serial, int form) {
        byte[] key =
                Arrays.copyOf(serial(issuer, serial), ISSUER_BYTES + serial.content().length() + 1);
        key[key.length - 1] = (byte) form;
        return key;
    }

    static Serial serialOfResponse(byte[] key) {
        return Serial.ofDerContent(key, ISSUER_BYTES, key.length - ISSUER_BYTES - 1);
    }

    /// As [#serial(int, Serial)], into the beginning of `key`.
    static void serial(int issuer, byte[] source, int offset, int length, byte[] key) {
        key[0] = (byte) (issuer >> 8);
        key[1] = (byte) issuer;
        System.arraycopy(source, offset, key, ISSUER_BYTES, length);
    }

    /// The prefix of all history keys of one serial. The length distinguishes a serial from longer
    /// ones with the same prefix.
    static byte[] historyOf(int issuer, Serial serial) {
        return new RowWriter().uint8(issuer >> 8).uint8(issuer).bytes(serial.content()).toArray();
    }

    static byte[] history(int issuer, Serial serial, int source, int ordinal) {
        return new RowWriter()
                .raw(historyOf(issuer, serial))
                .int32(source)
                .int32(ordinal)
                .toArray();
    }

    /// The source number in a history key.
    static int sourceIn(byte[] historyKey) {
        int at = historyKey.length - 2 * Integer.BYTES;
        return RecordCodec.number(Arrays.copyOfRange(historyKey, at, at + Integer.BYTES));
    }

    static byte[] crlHead(int issuer, String part) {
        return new RowWriter()
                .uint8(issuer >> 8)
                .uint8(issuer)
                .raw(part.getBytes(StandardCharsets.UTF_8))
                .toArray();
    }

    static byte[] firstStart(IssuerNumbers.Hashes issuer) {
        return new RowWriter()
                .raw("first start ".getBytes(StandardCharsets.US_ASCII))
                .raw(issuer.toDiskKey())
                .toArray();
    }

    /// @param logId SHA-256 of its key
    static byte[] logHead(ByteString logId) {
        return new RowWriter()
                .raw("log head ".getBytes(StandardCharsets.US_ASCII))
                .raw(logId.toArray())
                .toArray();
    }

    static byte[] checkpoint(String log) {
        return ("audit checkpoint " + log).getBytes(StandardCharsets.UTF_8);
    }

    static byte[] newestTime() {
        return "newest time".getBytes(StandardCharsets.UTF_8);
    }
}
