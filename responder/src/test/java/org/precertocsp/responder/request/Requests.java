package org.precertocsp.responder.request;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;

/// OCSPRequests put together octet by octet, right or wrong.
public final class Requests {
    public static final String SHA1 = "06052b0e03021a";
    public static final String SHA256 = "0609608648016503040201";
    public static final String SHA384 = "0609608648016503040202";
    public static final String SHA512 = "0609608648016503040203";
    public static final String NULL = "0500";

    private static final HexFormat HEX = HexFormat.of();

    private Requests() {}

    /// The plainest request there is: one SHA-1 CertID.
    public static byte[] plain() {
        return request(tbs(list(single(sha1CertId("0102")))));
    }

    public static byte[] request(byte[]... parts) {
        return tlv(0x30, parts);
    }

    public static byte[] tbs(byte[]... parts) {
        return tlv(0x30, parts);
    }

    public static byte[] list(byte[]... requests) {
        return tlv(0x30, requests);
    }

    public static byte[] single(byte[]... parts) {
        return tlv(0x30, parts);
    }

    public static byte[] sha1CertId(String serialHex) {
        return certId(SHA1 + NULL, 20, serialHex);
    }

    public static byte[] certId(String algorithmHex, int hashLength, String serialHex) {
        return tlv(
                0x30,
                tlv(0x30, hex(algorithmHex)),
                tlv(0x04, filled(hashLength, 0x11)),
                tlv(0x04, filled(hashLength, 0x22)),
                tlv(0x02, hex(serialHex)));
    }

    public static byte[] requestExtensions(byte[]... extensions) {
        return tlv(0xa2, tlv(0x30, extensions));
    }

    public static byte[] singleExtensions(byte[]... extensions) {
        return tlv(0xa0, tlv(0x30, extensions));
    }

    public static byte[] extension(String oidHex, byte[] value) {
        return tlv(0x30, tlv(0x06, hex(oidHex)), tlv(0x04, value));
    }

    public static byte[] critical(String oidHex, byte[] value) {
        return tlv(0x30, tlv(0x06, hex(oidHex)), tlv(0x01, hex("ff")), tlv(0x04, value));
    }

    public static byte[] nonce(int octets) {
        return extension("2b0601050507300102", tlv(0x04, filled(octets, 0x55)));
    }

    public static byte[] withNonce(int octets) {
        return request(tbs(list(single(sha1CertId("0102"))), requestExtensions(nonce(octets))));
    }

    /// The smallest encoding of the length, as DER wants it.
    public static byte[] tlv(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.size();
        if (length >= 0x100) {
            out.writeBytes(new byte[] {(byte) 0x82, (byte) (length >> 8), (byte) length});
        } else if (length >= 0x80) {
            out.writeBytes(new byte[] {(byte) 0x81, (byte) length});
        } else {
            out.write(length);
        }
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }

    public static byte[] hex(String hex) {
        return HEX.parseHex(hex);
    }

    public static byte[] filled(int length, int octet) {
        byte[] octets = new byte[length];
        Arrays.fill(octets, (byte) octet);
        return octets;
    }
}
