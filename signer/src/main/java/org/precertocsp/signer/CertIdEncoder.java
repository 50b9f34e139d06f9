package org.precertocsp.signer;

import static org.precertocsp.der.DerWriter.elementLength;

import java.util.EnumMap;
import java.util.Map;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;

/// Encodes a CertID (RFC 6960 §4.1.1): hash, parameter form and serial as the client sent them
/// (CI-06, CI-07, SS-16).
public final class CertIdEncoder {
    private static final Map<HashAlgorithm, Octets> WITH_NULL = identifiers(new byte[] {5, 0});
    private static final Map<HashAlgorithm, Octets> WITHOUT_PARAMETERS = identifiers(new byte[0]);

    private CertIdEncoder() {}

    private static Map<HashAlgorithm, Octets> identifiers(byte[] parameters) {
        Map<HashAlgorithm, Octets> identifiers = new EnumMap<>(HashAlgorithm.class);
        for (HashAlgorithm hash : HashAlgorithm.values()) {
            byte[] identifier =
                    DerWriter.encode(DerTag.SEQUENCE, hash.oidDer().toArray(), parameters);
            identifiers.put(hash, Octets.of(identifier));
        }
        return identifiers;
    }

    public static Octets encode(CertId id) {
        DerWriter out = new DerWriter(length(id));
        write(id, out);
        return out.toOctets();
    }

    /// How many bytes [#write] writes.
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

    private static Octets algorithm(CertId id) {
        Octets identifier =
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
