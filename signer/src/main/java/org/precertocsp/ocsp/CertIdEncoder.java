package org.precertocsp.ocsp;

import static org.precertocsp.der.DerWriter.elementLength;

import java.util.EnumMap;
import java.util.Map;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;

/// Encodes a CertID (RFC 6960 §4.1.1): hash, parameter form and serial as the client sent them
/// (CI-06, CI-07, SS-16).
public final class CertIdEncoder {
    private static final Map<HashAlgorithm, ByteString> WITH_NULL = identifiers(new byte[] {5, 0});
    private static final Map<HashAlgorithm, ByteString> WITHOUT_PARAMETERS =
            identifiers(new byte[0]);

    private CertIdEncoder() {}

    private static Map<HashAlgorithm, ByteString> identifiers(byte[] parameters) {
        Map<HashAlgorithm, ByteString> identifiers = new EnumMap<>(HashAlgorithm.class);
        for (HashAlgorithm hash : HashAlgorithm.values()) {
            byte[] identifier =
                    DerWriter.encode(DerTag.SEQUENCE, hash.oidDer().toArray(), parameters);
            identifiers.put(hash, ByteString.of(identifier));
        }
        return identifiers;
    }

    public static ByteString encode(CertId id) {
        DerWriter out = new DerWriter(length(id));
        write(id, out);
        return out.toByteString();
    }

    /// The number of bytes that [#write] writes.
    public static int length(CertId id) {
        return elementLength(contentLength(id));
    }

    public static void write(CertId id, DerWriter out) {
        out.header(DerTag.SEQUENCE, contentLength(id));
        out.raw(algorithm(id));
        out.element(DerTag.OCTET_STRING, id.issuerNameHash());
        out.element(DerTag.OCTET_STRING, id.issuerKeyHash());
        out.element(DerTag.INTEGER, id.serial().content());
    }

    private static int contentLength(CertId id) {
        return algorithm(id).length()
                + elementLength(id.issuerNameHash().length())
                + elementLength(id.issuerKeyHash().length())
                + elementLength(id.serial().content().length());
    }

    private static ByteString algorithm(CertId id) {
        ByteString identifier =
                switch (id.parameters()) {
                    case NULL -> WITH_NULL.get(id.hashAlgorithm());
                    case ABSENT -> WITHOUT_PARAMETERS.get(id.hashAlgorithm());
                };
        if (identifier == null) {
            throw new IllegalStateException("no identifier of " + id.hashAlgorithm());
        }
        return identifier;
    }
}
