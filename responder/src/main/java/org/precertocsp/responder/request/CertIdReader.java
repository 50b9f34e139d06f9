package org.precertocsp.responder.request;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.Serial;

/// Reads the requestList (RFC 6960 §4.1.1).
///
/// A CertID can be well formed and still beyond us: a hash we do not serve, a serial longer than
/// any certificate may have. The reader then goes on, since a malformed request is malformed
/// whatever it asks, and keeps the reason for the end.
final class CertIdReader {
    private static final HashAlgorithm[] ALGORITHMS = HashAlgorithm.values();

    /// The content octets of each algorithm's OBJECT IDENTIFIER.
    private static final byte[][] OIDS =
            Arrays.stream(ALGORITHMS).map(CertIdReader::oidContent).toArray(byte[][]::new);

    private final DerCursor der;
    private final int maxCertIds;
    private final List<CertId> certIds = new ArrayList<>(1);
    private @Nullable String unanswerable;

    CertIdReader(DerCursor der, int maxCertIds) {
        this.der = der;
        this.maxCertIds = maxCertIds;
    }

    void readList() throws MalformedDer {
        int outer = der.enter(DerCursor.SEQUENCE, "requestList");
        int count = 0;
        while (!der.atEnd()) {
            if (++count > maxCertIds) {
                throw new MalformedDer("more than " + maxCertIds + " CertIDs");
            }
            readRequest();
        }
        der.leave(outer, "requestList");
        if (count == 0) {
            throw new MalformedDer("an empty requestList");
        }
    }

    /// In the order asked; complete only if nothing is [#unanswerable].
    List<CertId> certIds() {
        return certIds;
    }

    /// Why no authoritative record can exist for one of the CertIDs (CI-10).
    Optional<String> unanswerable() {
        return Optional.ofNullable(unanswerable);
    }

    private void readRequest() throws MalformedDer {
        int outer = der.enter(DerCursor.SEQUENCE, "Request");
        readCertId();
        ExtensionReader.ofSingleRequest(der);
        der.leave(outer, "Request");
    }

    private void readCertId() throws MalformedDer {
        int outer = der.enter(DerCursor.SEQUENCE, "CertID");
        int algorithmEnd = der.enter(DerCursor.SEQUENCE, "hashAlgorithm");
        HashAlgorithm algorithm = readHashOid();
        DigestParameters parameters = readParameters(algorithm);
        der.leave(algorithmEnd, "hashAlgorithm");
        Octets nameHash = der.octets(DerCursor.OCTET_STRING, "issuerNameHash");
        Octets keyHash = der.octets(DerCursor.OCTET_STRING, "issuerKeyHash");
        Serial serial = readSerial();
        der.leave(outer, "CertID");
        if (algorithm == null) {
            unanswerable = "a hash algorithm not served";
            return;
        }
        if (nameHash.length() != algorithm.length() || keyHash.length() != algorithm.length()) {
            throw new MalformedDer("a hash that is not as long as " + algorithm + " makes it");
        }
        if (serial != null) {
            certIds.add(new CertId(algorithm, parameters, nameHash, keyHash, serial));
        }
    }

    private @Nullable HashAlgorithm readHashOid() throws MalformedDer {
        int length = der.oidHeader("hash algorithm identifier");
        int from = der.position();
        der.skip(length);
        for (int i = 0; i < OIDS.length; i++) {
            if (Arrays.equals(der.source(), from, from + length, OIDS[i], 0, OIDS[i].length)) {
                return ALGORITHMS[i];
            }
        }
        return null;
    }

    private DigestParameters readParameters(@Nullable HashAlgorithm algorithm) throws MalformedDer {
        if (der.atEnd()) {
            return DigestParameters.ABSENT;
        }
        if (algorithm == null) {
            der.skipRest();
            return DigestParameters.ABSENT;
        }
        if (der.header(DerCursor.NULL, "NULL") != 0) {
            throw new MalformedDer("a NULL with content");
        }
        return DigestParameters.NULL;
    }

    /// Null for a serial too long for any certificate, which nobody can have assigned (SS-15).
    private @Nullable Serial readSerial() throws MalformedDer {
        int length = der.header(DerCursor.INTEGER, "serialNumber");
        int from = der.position();
        der.skip(length);
        byte[] source = der.source();
        if (length == 0) {
            throw new MalformedDer("an empty serialNumber");
        }
        if (length > 1 && isPadding(source[from], source[from + 1])) {
            throw new MalformedDer("a serialNumber with padding (X.690 §8.3.2)");
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

    private static byte[] oidContent(HashAlgorithm algorithm) {
        byte[] encoded = oidTlv(algorithm);
        return Arrays.copyOfRange(encoded, 2, encoded.length);
    }

    /// The algorithm's OBJECT IDENTIFIER with tag and length.
    static byte[] oidTlv(HashAlgorithm algorithm) {
        try {
            return new ASN1ObjectIdentifier(algorithm.oid()).getEncoded();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
