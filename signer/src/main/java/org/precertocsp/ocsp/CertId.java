package org.precertocsp.ocsp;

import org.precertocsp.der.ByteString;

/// Identifies the certificate in a request (RFC 6960 §4.1.1), with everything needed to repeat it
/// byte for byte in the response.
///
/// @param issuerNameHash over the DER of the issuer's name as it stands in the certificate (CI-01)
/// @param issuerKeyHash over the issuer's public key BIT STRING value, without tag, length and
///   unused-bits byte (CI-02)
public record CertId(
        HashAlgorithm hashAlgorithm,
        DigestParameters parameters,
        ByteString issuerNameHash,
        ByteString issuerKeyHash,
        Serial serial) {}
