package org.precertocsp.loadtest.requests;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;

/// An OCSPRequest (RFC 6960 §4.1.1) for one serial of a given length, with blanks where serial and
/// nonce go.
final class RequestDer {
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int INTEGER = 0x02;
    private static final int EXTENSIONS = 0xA2;

    /// The AlgorithmIdentifiers, with the NULL that most clients write.
    private static final String SHA1 = "300906052b0e03021a0500";

    private static final String SHA256 = "300d06096086480165030402010500";

    /// id-pkix-ocsp-nonce as an OBJECT IDENTIFIER.
    private static final String NONCE = "06092b0601050507300102";

    private final byte[] bytes;
    private final int serialAt;
    private final int serialLength;

    /// -1 without a nonce; it is the request's end otherwise.
    private final int nonceAt;

    private RequestDer(byte[] bytes, int serialAt, int serialLength, int nonceAt) {
        this.bytes = bytes;
        this.serialAt = serialAt;
        this.serialLength = serialLength;
        this.nonceAt = nonceAt;
    }

    static RequestDer of(IssuerKey issuer, HashAlgorithm hash, int serialLength, boolean nonce) {
        byte[] certId =
                wrap(
                        SEQUENCE,
                        hex(hash == HashAlgorithm.SHA256 ? SHA256 : SHA1),
                        wrap(OCTET_STRING, issuer.nameHash(hash).toArray()),
                        wrap(OCTET_STRING, issuer.keyHash(hash).toArray()),
                        wrap(INTEGER, new byte[serialLength]));
        byte[] list = wrap(SEQUENCE, wrap(SEQUENCE, certId));
        byte[] extensions = nonce ? nonceExtension() : new byte[0];
        byte[] whole = wrap(SEQUENCE, wrap(SEQUENCE, list, extensions));
        return new RequestDer(
                whole,
                whole.length - extensions.length - serialLength,
                serialLength,
                nonce ? whole.length - PopulationSupply.NONCE_BYTES : -1);
    }

    private static byte[] nonceExtension() {
        byte[] value =
                wrap(OCTET_STRING, wrap(OCTET_STRING, new byte[PopulationSupply.NONCE_BYTES]));
        return wrap(EXTENSIONS, wrap(SEQUENCE, wrap(SEQUENCE, hex(NONCE), value)));
    }

    int length() {
        return bytes.length;
    }

    int serialAt() {
        return serialAt;
    }

    void copyTo(byte[] into, int offset) {
        System.arraycopy(bytes, 0, into, offset, bytes.length);
    }

    /// Fills the blanks of a copy that begins at `offset`.
    void patch(byte[] serial, long random, byte[] into, int offset) {
        System.arraycopy(serial, 0, into, offset + serialAt, serialLength);
        if (nonceAt >= 0) {
            PopulationSupply.writeNonce(random, into, offset + nonceAt);
        }
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static byte[] wrap(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        // Nothing here reaches 256 bytes: two SHA-256 hashes, a serial and a nonce are under 200.
        if (content.size() > 0x7F) {
            out.write(0x81);
        }
        out.write(content.size());
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }
}
