package org.precertocsp.responder.audit;

import java.util.List;
import org.precertocsp.der.ByteString;

/// One signature of a key. It contains neither the request nor the client.
///
/// @param key SHA-256 of the signing key's SubjectPublicKeyInfo
/// @param issuer SHA-256 of the issuer's public key, as in a CertID
/// @param said the response's statements about serials, in its order; never empty
/// @param at thisUpdate, which is when it was signed; seconds since 1970
/// @param until nextUpdate, likewise
/// @param signature its first 16 bytes: enough to identify a response
record SignatureEntry(
        ByteString key,
        ByteString issuer,
        List<Said> said,
        long at,
        long until,
        ByteString signature) {
    static final int SIGNATURE_BYTES = 16;

    /// The status in a probe, by which the server tests whether a key signs: a response `unknown`
    /// for the serial zero, which no CA issues (SS-14), and which is never sent to clients.
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
