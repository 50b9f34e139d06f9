package org.precertocsp.responder.request;

import java.util.ArrayList;
import java.util.List;
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
import org.precertocsp.ocsp.Serial;

/// Reads an OCSPRequest (RFC 6960 §4.1.1) as offsets into the caller's array, valid until the next
/// [#read]. Reusable; belongs to one thread.
///
/// Nearly every client sends the usual form, one CertID and at most a nonce. Reading it allocates
/// nothing, so that a cached answer is found without garbage (benchmarks `RequestDecode` and
/// `CachedAnswer`). The rare cases are read by the same steps: several CertIDs, extensions, an
/// encoded version, a requestorName, a signature. They allocate as needed, and make the request an
/// unusual one.
///
/// Strict if bytes could be read in two ways (lengths, trailing bytes, padding), liberal if real
/// clients differ harmlessly: the version encoded although it is the default, digest parameters
/// NULL or absent (CI-07). A requestorName and a signature are skipped without reading their
/// content (CI-08): no answer depends on the identity of the client.
///
/// A CertID can be well formed and still unanswerable: a hash that is not supported, or a serial
/// longer than that of any certificate. The reader then continues, since a malformed request is
/// malformed whatever else it contains.
public final class OcspRequestView {
    private static final HashAlgorithm[] ALGORITHMS = HashAlgorithm.values();

    /// The levels around a CertID: Request, requestList, TBSRequest, OCSPRequest.
    private static final int LEVELS = 4;

    private final int maxCertIds;
    private final DerReader der = DerReader.strict(new byte[0]);
    private final RequestExtensionReader extensions = new RequestExtensionReader(der);
    private boolean isUsual;
    private @Nullable String malformed;

    /// Why no authoritative record can exist for one of the CertIDs (CI-10).
    private @Nullable String unanswerable;

    // The CertID read last.
    private int certIdOffset;
    private int certIdLength;
    private @Nullable HashAlgorithm hash;
    private DigestParameters parameters = DigestParameters.ABSENT;
    private int nameHashOffset;
    private int keyHashOffset;
    private int serialOffset;
    private int serialLength;

    /// Those before it; null if it is the first.
    private @Nullable List<CertId> earlier;

    OcspRequestView(RequestLimits limits) {
        this.maxCertIds = limits.maxCertIds();
    }

    /// Never throws because of the bytes.
    ///
    /// @return true for the usual form: one CertID of a supported algorithm, at most a nonce in the
    ///   form of RFC 9654, and nothing else. Then the parts below are set; [#result] always is
    /// @throws IndexOutOfBoundsException if the range is not inside the array
    public boolean read(byte[] bytes, int offset, int length) {
        der.reset(bytes, offset, length);
        isUsual = true;
        malformed = null;
        unanswerable = null;
        earlier = null;
        extensions.reset();
        try {
            readRequest();
            return isUsual && unanswerable == null;
        } catch (MalformedDerException e) {
            malformed = e.getMessage();
            return false;
        }
    }

    private void readRequest() throws MalformedDerException {
        int outer = der.enter(DerTag.SEQUENCE, "OCSPRequest");
        readTbsRequest();
        skipIf(DerTag.context(0)); // optionalSignature
        der.leave(outer, "OCSPRequest");
        der.expectEnd("the body beside the OCSPRequest");
    }

    private void readTbsRequest() throws MalformedDerException {
        int outer = der.enter(DerTag.SEQUENCE, "TBSRequest");
        readVersion();
        skipIf(DerTag.context(1)); // requestorName
        readList();
        isUsual &= extensions.readOfRequest();
        der.leave(outer, "TBSRequest");
    }

    private void skipIf(int tag) throws MalformedDerException {
        if (der.nextIf(tag)) {
            isUsual = false;
        }
    }

    /// macOS encodes the version although it is the default.
    private void readVersion() throws MalformedDerException {
        if (!der.nextIf(DerTag.context(0))) {
            return;
        }
        isUsual = false;
        int outer = der.enter();
        der.next(DerTag.INTEGER, "version");
        if (!der.contentIs((byte) 0)) {
            throw der.malformed("a version other than v1");
        }
        der.leave(outer, "version");
    }

    private void readList() throws MalformedDerException {
        int outer = der.enter(DerTag.SEQUENCE, "requestList");
        int count = 0;
        while (der.hasMore()) {
            if (++count > maxCertIds) {
                throw new MalformedDerException("more than " + maxCertIds + " CertIDs");
            }
            if (count > 1) {
                keepEarlier();
            }
            readSingleRequest();
        }
        der.leave(outer, "requestList");
        if (count == 0) {
            throw new MalformedDerException("an empty requestList");
        }
    }

    private void keepEarlier() {
        isUsual = false;
        if (earlier == null) {
            earlier = new ArrayList<>();
        }
        if (unanswerable == null) {
            earlier.add(certId());
        }
    }

    private void readSingleRequest() throws MalformedDerException {
        int outer = der.enter(DerTag.SEQUENCE, "Request");
        readCertId();
        isUsual &= extensions.readOfSingleRequest();
        der.leave(outer, "Request");
    }

    private void readCertId() throws MalformedDerException {
        certIdOffset = der.position();
        int outer = der.enter(DerTag.SEQUENCE, "CertID");
        readHash();
        der.next(DerTag.OCTET_STRING, "issuerNameHash");
        nameHashOffset = der.contentStart();
        int nameHashLength = der.contentLength();
        der.next(DerTag.OCTET_STRING, "issuerKeyHash");
        keyHashOffset = der.contentStart();
        int keyHashLength = der.contentLength();
        readSerial();
        der.leave(outer, "CertID");
        certIdLength = der.position() - certIdOffset;
        if (hash == null) {
            unanswerable = "a hash algorithm not served";
        } else if (nameHashLength != hash.length() || keyHashLength != hash.length()) {
            throw new MalformedDerException("a hash that is not as long as " + hash + " makes it");
        }
    }

    private void readHash() throws MalformedDerException {
        int outer = der.enter(DerTag.SEQUENCE, "hashAlgorithm");
        der.next(DerTag.OBJECT_IDENTIFIER, "hash algorithm identifier");
        hash = algorithm();
        // NULL or absent: both occur, and result in two different CertIDs (CI-07).
        parameters = DigestParameters.ABSENT;
        if (hash == null) {
            der.checkOid("hash algorithm identifier");
            der.skipRest();
        } else if (der.hasMore()) {
            der.next(DerTag.NULL, "NULL");
            if (der.contentLength() != 0) {
                throw der.malformed("a NULL with content");
            }
            parameters = DigestParameters.NULL;
        }
        der.leave(outer, "hashAlgorithm");
    }

    private @Nullable HashAlgorithm algorithm() {
        for (int i = 0; i < ALGORITHMS.length; i++) {
            if (der.encodedIs(ALGORITHMS[i].oidDer())) {
                return ALGORITHMS[i];
            }
        }
        return null;
    }

    private void readSerial() throws MalformedDerException {
        der.next(DerTag.INTEGER, "serialNumber");
        serialOffset = der.contentStart();
        serialLength = der.contentLength();
        if (serialLength == 0) {
            throw der.malformed("an empty serialNumber");
        }
        byte[] source = der.source();
        byte first = source[serialOffset];
        if (serialLength > 1 && isPadding(first, source[serialOffset + 1])) {
            throw new MalformedDerException("a serialNumber with padding (X.690 §8.3.2)");
        }
        int significant = first == 0 ? serialLength - 1 : serialLength;
        if (significant > Serial.MAX_BYTES) {
            // No CA can have assigned it (SS-15).
            unanswerable = "a serial of " + significant + " bytes";
        }
    }

    private static boolean isPadding(byte first, byte second) {
        return (first == 0 && second >= 0) || (first == -1 && second < 0);
    }

    /// The request as objects: `unauthorized` if it is well formed, but no responder of ours can
    /// know the certificate (CI-10, SS-15).
    public DecodeResult result() {
        if (malformed != null) {
            return new RejectedRequest(OcspError.MALFORMED_REQUEST, malformed);
        }
        if (unanswerable != null) {
            return new RejectedRequest(OcspError.UNAUTHORIZED, unanswerable);
        }
        List<CertId> certIds;
        if (earlier == null) {
            certIds = List.of(certId());
        } else {
            certIds = new ArrayList<>(earlier);
            certIds.add(certId());
        }
        return new OcspRequest(certIds, extensions.nonce());
    }

    private CertId certId() {
        HashAlgorithm algorithm = hash;
        if (algorithm == null) {
            throw new IllegalStateException("nothing was read");
        }
        byte[] source = der.source();
        return new CertId(
                algorithm,
                parameters,
                ByteString.of(source, nameHashOffset, algorithm.length()),
                ByteString.of(source, keyHashOffset, algorithm.length()),
                Serial.ofDerContent(source, serialOffset, serialLength));
    }

    /// The only request of the usual form with nothing but a CertID.
    public static byte[] write(CertId certId) {
        byte[] der = CertIdEncoder.encode(certId).toArray();
        for (int i = 0; i < LEVELS; i++) {
            der = DerWriter.encode(DerTag.SEQUENCE, der);
        }
        return der;
    }

    // The parts of a request of the usual form

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
        return extensions.hasNonce();
    }
}
