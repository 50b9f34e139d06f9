package org.precertocsp.loadtest.requests;

import java.util.HexFormat;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;

/// An OCSPRequest (RFC 6960 §4.1.1) for one serial of a given length, with placeholders for serial
/// and nonce.
final class OcspRequestTemplate {
    private static final int EXTENSIONS = DerTag.context(2);

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

    private OcspRequestTemplate(byte[] bytes, int serialAt, int serialLength, int nonceAt) {
        this.bytes = bytes;
        this.serialAt = serialAt;
        this.serialLength = serialLength;
        this.nonceAt = nonceAt;
    }

    static OcspRequestTemplate of(
            IssuerKey issuer, HashAlgorithm hash, int serialLength, boolean nonce) {
        byte[] certId =
                DerWriter.encode(
                        DerTag.SEQUENCE,
                        hex(hash == HashAlgorithm.SHA256 ? SHA256 : SHA1),
                        DerWriter.encode(DerTag.OCTET_STRING, issuer.nameHash(hash).toArray()),
                        DerWriter.encode(DerTag.OCTET_STRING, issuer.keyHash(hash).toArray()),
                        DerWriter.encode(DerTag.INTEGER, new byte[serialLength]));
        byte[] list = DerWriter.encode(DerTag.SEQUENCE, DerWriter.encode(DerTag.SEQUENCE, certId));
        byte[] extensions = nonce ? nonceExtension() : new byte[0];
        byte[] whole =
                DerWriter.encode(
                        DerTag.SEQUENCE, DerWriter.encode(DerTag.SEQUENCE, list, extensions));
        return new OcspRequestTemplate(
                whole,
                whole.length - extensions.length - serialLength,
                serialLength,
                nonce ? whole.length - WorkloadRequestStream.NONCE_BYTES : -1);
    }

    private static byte[] nonceExtension() {
        byte[] value =
                DerWriter.encode(
                        DerTag.OCTET_STRING,
                        DerWriter.encode(
                                DerTag.OCTET_STRING, new byte[WorkloadRequestStream.NONCE_BYTES]));
        return DerWriter.encode(
                EXTENSIONS,
                DerWriter.encode(
                        DerTag.SEQUENCE, DerWriter.encode(DerTag.SEQUENCE, hex(NONCE), value)));
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

    /// Fills the placeholders of a copy that begins at `offset`.
    void patch(byte[] serial, long random, byte[] into, int offset) {
        System.arraycopy(serial, 0, into, offset + serialAt, serialLength);
        if (nonceAt >= 0) {
            WorkloadRequestStream.writeNonce(random, into, offset + nonceAt);
        }
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
