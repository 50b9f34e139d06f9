package org.precertocsp.responder.request;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Serial;

/// Reads the requestList (RFC 6960 §4.1.1).
///
/// A CertID can be well formed and still unanswerable: a hash that is not supported, or a serial
/// longer than that of any certificate. The reader then continues, since a malformed request is
/// malformed whatever else it contains, and reports the cause at the end.
final class CertIdListReader {
    private static final HashAlgorithm[] ALGORITHMS = HashAlgorithm.values();

    private final DerReader der;
    private final int maxCertIds;
    private final List<CertId> certIds = new ArrayList<>(1);
    private @Nullable String unanswerable;

    CertIdListReader(DerReader der, int maxCertIds) {
        this.der = der;
        this.maxCertIds = maxCertIds;
    }

    void readList() throws MalformedDerException {
        int outer = der.enter(DerTag.SEQUENCE, "requestList");
        int count = 0;
        while (der.hasMore()) {
            if (++count > maxCertIds) {
                throw new MalformedDerException("more than " + maxCertIds + " CertIDs");
            }
            readRequest();
        }
        der.leave(outer, "requestList");
        if (count == 0) {
            throw new MalformedDerException("an empty requestList");
        }
    }

    /// In the order requested; complete only if nothing is [#unanswerable].
    List<CertId> certIds() {
        return certIds;
    }

    /// Why no authoritative record can exist for one of the CertIDs (CI-10).
    Optional<String> unanswerable() {
        return Optional.ofNullable(unanswerable);
    }

    private void readRequest() throws MalformedDerException {
        int outer = der.enter(DerTag.SEQUENCE, "Request");
        readCertId();
        RequestExtensionReader.ofSingleRequest(der);
        der.leave(outer, "Request");
    }

    private void readCertId() throws MalformedDerException {
        int outer = der.enter(DerTag.SEQUENCE, "CertID");
        int algorithmEnd = der.enter(DerTag.SEQUENCE, "hashAlgorithm");
        HashAlgorithm algorithm = readHashOid();
        DigestParameters parameters = readParameters(algorithm);
        der.leave(algorithmEnd, "hashAlgorithm");
        der.next(DerTag.OCTET_STRING, "issuerNameHash");
        ByteString nameHash = der.content();
        der.next(DerTag.OCTET_STRING, "issuerKeyHash");
        ByteString keyHash = der.content();
        Serial serial = readSerial();
        der.leave(outer, "CertID");
        if (algorithm == null) {
            unanswerable = "a hash algorithm not served";
            return;
        }
        if (nameHash.length() != algorithm.length() || keyHash.length() != algorithm.length()) {
            throw new MalformedDerException(
                    "a hash that is not as long as " + algorithm + " makes it");
        }
        if (serial != null) {
            certIds.add(new CertId(algorithm, parameters, nameHash, keyHash, serial));
        }
    }

    private @Nullable HashAlgorithm readHashOid() throws MalformedDerException {
        der.nextOid("hash algorithm identifier");
        for (HashAlgorithm algorithm : ALGORITHMS) {
            if (der.encodedIs(algorithm.oidDer())) {
                return algorithm;
            }
        }
        return null;
    }

    private DigestParameters readParameters(@Nullable HashAlgorithm algorithm)
            throws MalformedDerException {
        if (!der.hasMore()) {
            return DigestParameters.ABSENT;
        }
        if (algorithm == null) {
            der.skipRest();
            return DigestParameters.ABSENT;
        }
        der.next(DerTag.NULL, "NULL");
        if (der.contentLength() != 0) {
            throw der.malformed("a NULL with content");
        }
        return DigestParameters.NULL;
    }

    /// Null for a serial too long for any certificate, which no CA can have assigned (SS-15).
    private @Nullable Serial readSerial() throws MalformedDerException {
        der.next(DerTag.INTEGER, "serialNumber");
        byte[] source = der.source();
        int from = der.contentStart();
        int length = der.contentLength();
        if (length == 0) {
            throw der.malformed("an empty serialNumber");
        }
        if (length > 1 && isPadding(source[from], source[from + 1])) {
            throw new MalformedDerException("a serialNumber with padding (X.690 §8.3.2)");
        }
        int significant = source[from] == 0 ? length - 1 : length;
        if (significant > Serial.MAX_OCTETS) {
            unanswerable = "a serial of " + significant + " octets";
            return null;
        }
        return Serial.ofDerContent(source, from, length);
    }

    static boolean isPadding(byte first, byte second) {
        return (first == 0 && second >= 0) || (first == -1 && second < 0);
    }
}
