package org.precertocsp.responder.request;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Nonce;
import org.precertocsp.ocsp.Serial;

/// The commonest request, recognised without making an object: one CertID, with nothing beside it
/// but perhaps a nonce. Holds offsets into the caller's array until the next [#read]; belongs to
/// one thread.
///
/// Stricter than [RequestDecoder] in what it takes, and never otherwise in what it reads: a
/// property test compares the two. It is a second reader because the first makes a dozen objects
/// (the benchmark of the cached answer pays for it).
public final class PlainQuery {
    private static final HashAlgorithm[] ALGORITHMS = HashAlgorithm.values();

    /// What follows the tag and length of hashAlgorithm, without its parameters.
    private static final byte[][] OIDS =
            Arrays.stream(ALGORITHMS).map(CertIdReader::oidTlv).toArray(byte[][]::new);

    private static final byte[] NONCE_OID = ExtensionReader.nonceOidTlv();

    /// Around a CertID: Request, requestList, TBSRequest, OCSPRequest.
    private static final int LEVELS = 4;

    private byte[] source = {};
    private int start;
    private int length;
    private int position;
    private int certIdOffset;
    private int certIdLength;
    private @Nullable HashAlgorithm hash;
    private int nameHashOffset;
    private int keyHashOffset;
    private int serialOffset;
    private int serialLength;
    private boolean hasNonce;

    /// False if the octets are anything else, well formed or not: [RequestDecoder] then judges.
    /// True only for what it would decode to one CertID of an algorithm served.
    ///
    /// @throws IndexOutOfBoundsException if the range is not inside the array
    public boolean read(byte[] octets, int offset, int length) {
        source = octets;
        start = offset;
        this.length = length;
        position = offset;
        hasNonce = false;
        int end = offset + length;
        if (!enterLast(DerCursor.SEQUENCE, end)) {
            return false;
        }
        if (!enterLast(DerCursor.SEQUENCE, end)) {
            return false;
        }
        int listEnd = enter(DerCursor.SEQUENCE, end);
        return listEnd >= 0
                && enterLast(DerCursor.SEQUENCE, listEnd)
                && readCertId(listEnd)
                && (listEnd == end || readNonce(end));
    }

    private boolean readCertId(int end) {
        certIdOffset = position;
        certIdLength = end - position;
        if (!enterLast(DerCursor.SEQUENCE, end)) {
            return false;
        }
        int algorithmEnd = enter(DerCursor.SEQUENCE, end);
        hash = algorithmEnd < 0 ? null : readHash(algorithmEnd);
        if (hash == null) {
            return false;
        }
        nameHashOffset = readDigest(hash.length(), end);
        keyHashOffset = nameHashOffset < 0 ? -1 : readDigest(hash.length(), end);
        return keyHashOffset >= 0 && readSerial(end);
    }

    private @Nullable HashAlgorithm readHash(int end) {
        for (int i = 0; i < OIDS.length; i++) {
            byte[] oid = OIDS[i];
            if (startsWith(oid, end)) {
                position += oid.length;
                return readParameters(end) ? ALGORITHMS[i] : null;
            }
        }
        return null;
    }

    /// NULL or absent: both occur, and make two different CertIDs (CI-07).
    private boolean readParameters(int end) {
        if (position == end) {
            return true;
        }
        boolean isNull =
                end - position == 2
                        && source[position] == DerCursor.NULL
                        && source[position + 1] == 0;
        position = end;
        return isNull;
    }

    private int readDigest(int length, int end) {
        int valueEnd = enter(DerCursor.OCTET_STRING, end);
        int from = position;
        position = valueEnd;
        return valueEnd - from == length ? from : -1;
    }

    private boolean readSerial(int end) {
        if (!enterLast(DerCursor.INTEGER, end) || position == end) {
            return false;
        }
        serialOffset = position;
        serialLength = end - position;
        byte first = source[position];
        if ((first == 0 ? serialLength - 1 : serialLength) > Serial.MAX_OCTETS) {
            return false;
        }
        boolean padded = serialLength > 1 && CertIdReader.isPadding(first, source[position + 1]);
        position = end;
        return !padded;
    }

    /// As RFC 9654 writes it; every other shape, right or wrong, is left to the decoder.
    private boolean readNonce(int end) {
        if (!enterLast(DerCursor.context(2), end)
                || !enterLast(DerCursor.SEQUENCE, end)
                || !enterLast(DerCursor.SEQUENCE, end)
                || !startsWith(NONCE_OID, end)) {
            return false;
        }
        position += NONCE_OID.length;
        hasNonce = enterLast(DerCursor.OCTET_STRING, end) && readNonceValue(end);
        return hasNonce;
    }

    private boolean readNonceValue(int end) {
        boolean isOctets = enterLast(DerCursor.OCTET_STRING, end);
        int length = end - position;
        return isOctets && length > 0 && length <= Nonce.MAX_OCTETS;
    }

    /// True if a value comes next that ends where all around it end.
    private boolean enterLast(int tag, int end) {
        return enter(tag, end) == end;
    }

    /// Steps over a tag and a length of minimal form.
    ///
    /// @return where the value ends; -1 if there is no such value before the end
    private int enter(int tag, int end) {
        if (end - position < 2 || (source[position] & 0xff) != tag) {
            return -1;
        }
        int length = source[position + 1] & 0xff;
        position += 2;
        if (length >= 0x80) {
            length = longLength(length & 0x7f, end);
        }
        return length < 0 || length > end - position ? -1 : position + length;
    }

    private int longLength(int count, int end) {
        if (count < 1 || count > 2 || end - position < count) {
            return -1;
        }
        int length = source[position] & 0xff;
        if (count == 2) {
            length = (length << 8) | (source[position + 1] & 0xff);
        }
        position += count;
        return length < (count == 1 ? 0x80 : 0x100) ? -1 : length;
    }

    private boolean startsWith(byte[] expected, int end) {
        int to = position + expected.length;
        return to <= end && Arrays.equals(source, position, to, expected, 0, expected.length);
    }

    /// The one request of this kind that asks for a CertID alone.
    public static byte[] write(CertId certId) {
        byte[] parameters =
                certId.parameters() == DigestParameters.NULL
                        ? new byte[] {DerCursor.NULL, 0}
                        : new byte[0];
        byte[] cert =
                tlv(
                        DerCursor.SEQUENCE,
                        tlv(
                                DerCursor.SEQUENCE,
                                certId.hashAlgorithm().oidDer().toArray(),
                                parameters),
                        tlv(DerCursor.OCTET_STRING, certId.issuerNameHash().toArray()),
                        tlv(DerCursor.OCTET_STRING, certId.issuerKeyHash().toArray()),
                        tlv(DerCursor.INTEGER, certId.serial().content().toArray()));
        byte[] der = cert;
        for (int i = 0; i < LEVELS; i++) {
            der = tlv(DerCursor.SEQUENCE, der);
        }
        return der;
    }

    /// A request has less than 256 octets.
    private static byte[] tlv(int tag, byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        byte[] tlv = new byte[length + (length < 0x80 ? 2 : 3)];
        int at = 0;
        tlv[at++] = (byte) tag;
        if (length >= 0x80) {
            tlv[at++] = (byte) 0x81;
        }
        tlv[at++] = (byte) length;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, tlv, at, part.length);
            at += part.length;
        }
        return tlv;
    }

    /// A copy of the whole request.
    public byte[] toDer() {
        return Arrays.copyOfRange(source, start, start + length);
    }

    /// The array last read.
    public byte[] source() {
        return source;
    }

    /// The CertID with tag and length: canonical DER, so that equal CertIDs are equal octets.
    public int certIdOffset() {
        return certIdOffset;
    }

    public int certIdLength() {
        return certIdLength;
    }

    public @Nullable HashAlgorithm hash() {
        return hash;
    }

    /// Where `hash().length()` octets of issuerNameHash begin.
    public int nameHashOffset() {
        return nameHashOffset;
    }

    public int keyHashOffset() {
        return keyHashOffset;
    }

    /// Where the serial's content octets begin.
    public int serialOffset() {
        return serialOffset;
    }

    public int serialLength() {
        return serialLength;
    }

    public boolean hasNonce() {
        return hasNonce;
    }
}
