package org.precertocsp.responder.audit;

import java.util.List;
import org.precertocsp.der.ByteString;

/// One signature of a key. Neither what was asked nor who asked is in it.
///
/// @param key SHA-256 of the signing key's SubjectPublicKeyInfo
/// @param issuer SHA-256 of the issuer's public key, as in a CertID
/// @param said what the response says of each serial, in its order; never empty
/// @param at thisUpdate, which is when it was signed; seconds since 1970
/// @param until nextUpdate, likewise
/// @param signature the first 16 bytes of it: enough to know a response by
record SignatureEntry(
        ByteString key,
        ByteString issuer,
        List<Said> said,
        long at,
        long until,
        ByteString signature) {
    static final int SIGNATURE_OCTETS = 16;

    /// Of a probe, by which the server finds out whether a key signs: it says `unknown` of the
    /// serial zero, which no CA issues (SS-14), and nobody gets it.
    static final char PROBE = 'p';

    /// @param serial DER content
    /// @param status 'g' good, 'r' revoked, 'u' unknown, or [#PROBE]
    record Said(ByteString serial, char status) {}

    SignatureEntry {
        said = List.copyOf(said);
    }

    boolean isProbe() {
        return said.getFirst().status() == PROBE;
    }
}
