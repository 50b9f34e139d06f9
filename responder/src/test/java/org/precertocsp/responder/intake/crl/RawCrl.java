package org.precertocsp.responder.intake.crl;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import org.precertocsp.TestCa;

/// CRLs put together byte by byte, for what no library would build.
final class RawCrl {
    static final byte[] ECDSA_SHA256 = hex("300a06082a8648ce3d040302");
    static final byte[] V2 = hex("020101");

    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private RawCrl() {}

    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    static byte[] tlv(int tag, byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        out.write(tag);
        out.writeBytes(length(length));
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] length(int length) {
        if (length < 0x80) {
            return new byte[] {(byte) length};
        }
        if (length < 0x100) {
            return new byte[] {(byte) 0x81, (byte) length};
        }
        if (length < 0x10000) {
            return new byte[] {(byte) 0x82, (byte) (length >> 8), (byte) length};
        }
        return new byte[] {
            (byte) 0x84,
            (byte) (length >> 24),
            (byte) (length >> 16),
            (byte) (length >> 8),
            (byte) length
        };
    }

    /// Header of an element whose content is written elsewhere.
    static byte[] header(int tag, int length) {
        byte[] rest = length(length);
        byte[] header = new byte[rest.length + 1];
        header[0] = (byte) tag;
        System.arraycopy(rest, 0, header, 1, rest.length);
        return header;
    }

    static byte[] time(Instant at) {
        return tlv(0x17, UTC_TIME.format(at).getBytes(StandardCharsets.US_ASCII));
    }

    static byte[] name(TestCa ca) {
        try {
            return ca.holder().getSubject().getEncoded();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// An entry with no extensions unless the caller brings the list.
    static byte[] entry(String serialContentHex, Instant at, byte[]... extensionList) {
        byte[][] parts = new byte[2 + extensionList.length][];
        parts[0] = tlv(0x02, hex(serialContentHex));
        parts[1] = time(at);
        System.arraycopy(extensionList, 0, parts, 2, extensionList.length);
        return tlv(0x30, parts);
    }

    /// One extension, not critical.
    static byte[] extension(String oidContentHex, byte[] value) {
        return tlv(0x30, tlv(0x06, hex(oidContentHex)), tlv(0x04, value));
    }

    /// Signs with SHA-256 and the P-256 key, whatever the contents.
    static byte[] signed(TestCa ca, byte[]... tbsParts) {
        return signedAsIs(ca, tlv(0x30, tbsParts));
    }

    /// The same of a tbsCertList that is put together already.
    static byte[] signedAsIs(TestCa ca, byte[] tbs) {
        byte[] bits = sign(ca.keys().getPrivate(), tbs);
        return tlv(0x30, tbs, ECDSA_SHA256, tlv(0x03, new byte[1], bits));
    }

    private static byte[] sign(PrivateKey key, byte[] tbs) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update(tbs);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
