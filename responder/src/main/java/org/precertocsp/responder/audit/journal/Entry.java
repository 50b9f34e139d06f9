package org.precertocsp.responder.audit.journal;

import org.precertocsp.ocsp.Octets;

/// One answer a key signed. Neither what was asked nor who asked is in it.
///
/// @param key SHA-256 of the signing key's SubjectPublicKeyInfo
/// @param issuer SHA-256 of the issuer's public key, as in a CertID
/// @param serial DER content
/// @param status 'g' good, 'r' revoked, 'u' unknown
/// @param at thisUpdate, which is when it was signed; seconds since 1970
/// @param until nextUpdate, likewise
/// @param signature the first 16 octets of it: enough to know a response by
record Entry(
        Octets key,
        Octets issuer,
        Octets serial,
        char status,
        long at,
        long until,
        Octets signature) {
    static final int SIGNATURE_OCTETS = 16;
}
