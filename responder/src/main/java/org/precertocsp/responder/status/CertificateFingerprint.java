package org.precertocsp.responder.status;

import org.precertocsp.der.ByteString;

/// The fingerprints of a precertificate or certificate, which commit its CA to the serial.
///
/// @param contentSha256 SHA-256 of the TBSCertificate without poison and SCT list, issuer and AKI
///   rewritten to the final CA's where a Precertificate Signing Certificate signed: equal for a
///   precertificate and its certificate, different otherwise (SS-13)
/// @param documentSha256 SHA-256 of the DER as received, the identifier that incident reports
///   require (IS-06)
public record CertificateFingerprint(ByteString contentSha256, ByteString documentSha256) {}
