package org.precertocsp.responder.rocksdb;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.Serial;

/// The keys of rows, as [Family] lists them. Serials keep their leading zero octets (SS-16).
final class Keys {
    static final int ISSUER_OCTETS = 2;

    private Keys() {}

    static byte[] serial(int issuer, Serial serial) {
        Octets content = serial.content();
        byte[] key = new byte[ISSUER_OCTETS + content.length()];
        key[0] = (byte) (issuer >> 8);
        key[1] = (byte) issuer;
        content.copyTo(key, ISSUER_OCTETS);
        return key;
    }

    /// What all history keys of one serial start with. The length keeps a serial apart from longer
    /// ones that begin alike.
    static byte[] historyOf(int issuer, Serial serial) {
        return new RowWriter().octet(issuer >> 8).octet(issuer).octets(serial.content()).toArray();
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
        return Rows.number(Arrays.copyOfRange(historyKey, at, at + Integer.BYTES));
    }

    static byte[] crlHead(int issuer, String part) {
        return new RowWriter()
                .octet(issuer >> 8)
                .octet(issuer)
                .raw(part.getBytes(StandardCharsets.UTF_8))
                .toArray();
    }
}
