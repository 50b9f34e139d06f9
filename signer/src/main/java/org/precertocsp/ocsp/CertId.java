package org.precertocsp.ocsp;

import org.precertocsp.der.ByteString;

/// The certificate a request asks about (RFC 6960 §4.1.1), with everything needed to repeat it byte
/// for byte in the answer.
///
/// @param issuerNameHash over the DER of the issuer's name as in the certificate asked about
///   (CI-01)
/// @param issuerKeyHash over the issuer's public key BIT STRING value, without tag, length and
///   unused-bits byte (CI-02)
public record CertId(
        HashAlgorithm hashAlgorithm,
        DigestParameters parameters,
        ByteString issuerNameHash,
        ByteString issuerKeyHash,
        Serial serial) {}
