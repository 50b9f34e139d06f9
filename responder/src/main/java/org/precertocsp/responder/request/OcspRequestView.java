package org.precertocsp.responder.request;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertIdEncoder;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Nonce;
import org.precertocsp.ocsp.Serial;

/// The most common request, read without allocation: one CertID and at most a nonce. Holds offsets
/// into the caller's array until the next [#read]; belongs to one thread.
///
/// Accepts less than [OcspRequestDecoder], and never reads anything differently: a property test
/// compares the two. It is a second reader because the first allocates a dozen objects (the
/// benchmark of the cached answer justifies it).
public final class OcspRequestView {
    private static final HashAlgorithm[] ALGORITHMS = HashAlgorithm.values();

    /// The levels around a CertID: Request, requestList, TBSRequest, OCSPRequest.
    private static final int LEVELS = 4;

    private final DerReader der = DerReader.strict(new byte[0]);
    private int certIdOffset;
    private int certIdLength;
    private @Nullable HashAlgorithm hash;
    private DigestParameters parameters = DigestParameters.ABSENT;
    private int nameHashOffset;
    private int keyHashOffset;
    private int serialOffset;
    private int serialLength;
    private boolean hasNonce;
    private int nonceOffset;
    private int nonceLength;

    /// False for any other bytes, well formed or not: [OcspRequestDecoder] then decides. True only
    /// for bytes that it would decode to one CertID of a supported algorithm.
    ///
    /// @throws IndexOutOfBoundsException if the range is not inside the array
    public boolean read(byte[] bytes, int offset, int length) {
        der.reset(bytes, offset, length);
        hasNonce = false;
        try {
            return enterTbsRequest() && readList() && (!der.hasMore() || readNonce());
        } catch (MalformedDerException _) {
            return false;
        }
    }

    private boolean enterTbsRequest() throws MalformedDerException {
        if (!enterOnly(DerTag.SEQUENCE)) {
            return false;
        }
        return enterOnly(DerTag.SEQUENCE);
    }

    private boolean readList() throws MalformedDerException {
        if (!der.nextIf(DerTag.SEQUENCE)) {
            return false;
        }
        int outer = der.enter();
        if (!enterOnly(DerTag.SEQUENCE) || !readCertId()) {
            return false;
        }
        der.leave(outer, "requestList");
        return true;
    }

    private boolean readCertId() throws MalformedDerException {
        certIdOffset = der.position();
        if (!enterOnly(DerTag.SEQUENCE) || !readHash()) {
            return false;
        }
        nameHashOffset = readDigest();
        keyHashOffset = readDigest();
        return nameHashOffset >= 0 && keyHashOffset >= 0 && readSerial();
    }

    private boolean readHash() throws MalformedDerException {
        if (!der.nextIf(DerTag.SEQUENCE)) {
            return false;
        }
        int outer = der.enter();
        hash = der.nextIf(DerTag.OBJECT_IDENTIFIER) ? algorithm() : null;
        if (hash == null) {
            return false;
        }
        // NULL or absent: both occur, and result in two different CertIDs (CI-07).
        parameters = DigestParameters.ABSENT;
        if (der.nextIf(DerTag.NULL)) {
            parameters = DigestParameters.NULL;
            if (der.contentLength() != 0) {
                return false;
            }
        }
        der.leave(outer, "hashAlgorithm");
        return true;
    }

    private @Nullable HashAlgorithm algorithm() {
        for (int i = 0; i < ALGORITHMS.length; i++) {
            if (der.encodedIs(ALGORITHMS[i].oidDer())) {
                return ALGORITHMS[i];
            }
        }
        return null;
    }

    private int readDigest() throws MalformedDerException {
        return der.nextIf(DerTag.OCTET_STRING)
                        && hash != null
                        && der.contentLength() == hash.length()
                ? der.contentStart()
                : -1;
    }

    private boolean readSerial() throws MalformedDerException {
        if (!der.nextIf(DerTag.INTEGER) || der.hasMore() || der.contentLength() == 0) {
            return false;
        }
        serialOffset = der.contentStart();
        serialLength = der.contentLength();
        certIdLength = der.position() - certIdOffset;
        byte[] source = der.source();
        byte first = source[serialOffset];
        int significant = first == 0 ? serialLength - 1 : serialLength;
        boolean padded =
                serialLength > 1 && CertIdListReader.isPadding(first, source[serialOffset + 1]);
        return significant <= Serial.MAX_OCTETS && !padded;
    }

    /// Reads the form of RFC 9654; every other form, valid or not, is left to the decoder.
    private boolean readNonce() throws MalformedDerException {
        if (!enterOnly(DerTag.context(2))
                || !enterOnly(DerTag.SEQUENCE)
                || !enterOnly(DerTag.SEQUENCE)
                || !der.nextIf(DerTag.OBJECT_IDENTIFIER)
                || !der.contentIs(RequestExtensionReader.NONCE)
                || !enterOnly(DerTag.OCTET_STRING)) {
            return false;
        }
        hasNonce =
                der.nextIf(DerTag.OCTET_STRING)
                        && !der.hasMore()
                        && der.contentLength() > 0
                        && der.contentLength() <= Nonce.MAX_OCTETS;
        nonceOffset = der.contentStart();
        nonceLength = der.contentLength();
        return hasNonce;
    }

    /// Enters the next element, if it has that tag and nothing follows it.
    private boolean enterOnly(int tag) throws MalformedDerException {
        if (!der.nextIf(tag) || der.hasMore()) {
            return false;
        }
        der.enter();
        return true;
    }

    /// The only request of this kind with nothing but a CertID.
    public static byte[] write(CertId certId) {
        byte[] der = CertIdEncoder.encode(certId).toArray();
        for (int i = 0; i < LEVELS; i++) {
            der = DerWriter.encode(DerTag.SEQUENCE, der);
        }
        return der;
    }

    /// The request as objects, equal to the result of [OcspRequestDecoder] for the same bytes.
    ///
    /// @throws IllegalStateException if the last [#read] returned false
    public OcspRequest toQuery() {
        HashAlgorithm algorithm = hash;
        if (algorithm == null) {
            throw new IllegalStateException("nothing was read");
        }
        byte[] source = der.source();
        CertId certId =
                new CertId(
                        algorithm,
                        parameters,
                        ByteString.of(source, nameHashOffset, algorithm.length()),
                        ByteString.of(source, keyHashOffset, algorithm.length()),
                        Serial.ofDerContent(source, serialOffset, serialLength));
        return new OcspRequest(
                List.of(certId),
                hasNonce
                        ? Optional.of(new Nonce(ByteString.of(source, nonceOffset, nonceLength)))
                        : Optional.empty());
    }

    /// The array last read.
    public byte[] source() {
        return der.source();
    }

    /// The CertID with tag and length: canonical DER, so that equal CertIDs are equal bytes.
    public int certIdOffset() {
        return certIdOffset;
    }

    public int certIdLength() {
        return certIdLength;
    }

    public @Nullable HashAlgorithm hash() {
        return hash;
    }

    /// The offset of the `hash().length()` bytes of issuerNameHash.
    public int nameHashOffset() {
        return nameHashOffset;
    }

    public int keyHashOffset() {
        return keyHashOffset;
    }

    /// The offset of the serial's content bytes.
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
