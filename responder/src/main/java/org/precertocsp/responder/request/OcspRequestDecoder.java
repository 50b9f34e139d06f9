package org.precertocsp.responder.request;

import java.util.Optional;
import org.precertocsp.der.DerReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.Nonce;

/// Decodes an OCSPRequest (RFC 6960 §4.1.1). Thread-safe, and copies only what the result keeps.
///
/// Strict if bytes could be read in two ways (lengths, trailing bytes, padding), liberal if real
/// clients differ harmlessly: the version encoded although it is the default, digest parameters
/// NULL or absent (CI-07). A requestorName and a signature are skipped without reading their
/// content (CI-08): no answer depends on the identity of the client.
public final class OcspRequestDecoder {
    private final RequestLimits limits;

    public OcspRequestDecoder(RequestLimits limits) {
        this.limits = limits;
    }

    /// As [#decode(byte[], int, int)], for a whole array.
    public DecodeResult decode(byte[] der) {
        return decode(der, 0, der.length);
    }

    /// Never throws because of the bytes; returns `unauthorized` if the request is well formed but
    /// no responder of ours can know the certificate (CI-10, SS-15).
    ///
    /// @throws IndexOutOfBoundsException if the range is not inside the array
    public DecodeResult decode(byte[] source, int offset, int length) {
        try {
            return read(DerReader.strict(source, offset, length));
        } catch (MalformedDerException e) {
            return new RejectedRequest(OcspError.MALFORMED_REQUEST, e.getMessage());
        }
    }

    private DecodeResult read(DerReader der) throws MalformedDerException {
        int outer = der.enter(DerTag.SEQUENCE, "OCSPRequest");
        DecodeResult decoded = readTbsRequest(der);
        der.nextIf(DerTag.context(0)); // optionalSignature
        der.leave(outer, "OCSPRequest");
        der.expectEnd("the body beside the OCSPRequest");
        return decoded;
    }

    private DecodeResult readTbsRequest(DerReader der) throws MalformedDerException {
        int outer = der.enter(DerTag.SEQUENCE, "TBSRequest");
        readVersion(der);
        der.nextIf(DerTag.context(1)); // requestorName
        CertIdListReader requests = new CertIdListReader(der, limits.maxCertIds());
        requests.readList();
        Optional<Nonce> nonce = RequestExtensionReader.ofRequest(der);
        der.leave(outer, "TBSRequest");
        return requests.unanswerable().isPresent()
                ? new RejectedRequest(OcspError.UNAUTHORIZED, requests.unanswerable().get())
                : new OcspRequest(requests.certIds(), nonce);
    }

    /// macOS encodes the version although it is the default.
    private static void readVersion(DerReader der) throws MalformedDerException {
        if (!der.nextIf(DerTag.context(0))) {
            return;
        }
        int outer = der.enter();
        der.next(DerTag.INTEGER, "version");
        if (!der.contentIs((byte) 0)) {
            throw der.malformed("a version other than v1");
        }
        der.leave(outer, "version");
    }
}
