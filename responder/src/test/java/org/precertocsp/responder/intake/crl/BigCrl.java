package org.precertocsp.responder.intake.crl;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.security.SignatureException;
import java.time.Instant;
import java.util.Arrays;
import org.precertocsp.TestCa;

/// Writes CRLs of any number of entries.
public final class BigCrl {
    private BigCrl() {}

    /// Streams a CRL of entries that all have the same length, so that every length is known ahead.
    public static void write(Path file, TestCa ca, int entries, Instant thisUpdate)
            throws Exception {
        byte[] entry = entry();
        int list = entries * entry.length;
        byte[] listHeader = RawCrl.header(0x30, list);
        byte[] start =
                concat(RawCrl.V2, RawCrl.ECDSA_SHA256, RawCrl.name(ca), RawCrl.time(thisUpdate));
        byte[] tbsHeader = RawCrl.header(0x30, start.length + listHeader.length + list);
        Path tbs = file.resolveSibling("tbs");
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(ca.keys().getPrivate());
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(tbs), 1 << 16)) {
            put(out, signature, concat(tbsHeader, start, listHeader));
            for (long i = 0; i < entries; i++) {
                ByteBuffer.wrap(entry).putLong(12, i);
                put(out, signature, entry);
            }
        }
        byte[] end = concat(RawCrl.ECDSA_SHA256, RawCrl.tlv(0x03, new byte[1], signature.sign()));
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(RawCrl.header(0x30, (int) Files.size(tbs) + end.length));
            Files.copy(tbs, out);
            out.write(end);
        }
    }

    /// Sixteen bytes of serial; the last eight, from offset 12, are the entry's number.
    private static byte[] entry() {
        byte[] reason = RawCrl.tlv(0x30, RawCrl.extension("551d15", RawCrl.hex("0a0104")));
        return RawCrl.entry("4c".repeat(16), Instant.parse("2026-05-01T00:00:00Z"), reason);
    }

    private static byte[] concat(byte[]... parts) {
        byte[] wrapped = RawCrl.tlv(0x30, parts);
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        return Arrays.copyOfRange(wrapped, wrapped.length - length, wrapped.length);
    }

    private static void put(OutputStream out, Signature signature, byte[] octets)
            throws IOException, SignatureException {
        signature.update(octets);
        out.write(octets);
    }
}
