package org.precertocsp.responder.admin;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.SerialStatus;

/// The result of looking up a certificate, precertificate or serial; the JSON has these fields.
///
/// @param document the certificate sent; empty for a serial
/// @param found one for each issuer that may have issued the serial
public record LookupResult(Optional<Document> document, List<Found> found) {
    /// @param kind `certificate` or `precertificate`
    /// @param known true if exactly this document is among the evidence
    /// @param warnings for the operator
    public record Document(
            String kind,
            ByteString sha256,
            String subject,
            String issuer,
            Instant notBefore,
            Instant notAfter,
            boolean known,
            List<String> warnings) {}

    /// @param answer what a client would receive now
    public record Found(SerialStatus status, Told answer) {}

    /// @param at time of the lookup
    /// @param status of the OCSPResponse (RFC 6960 §4.2.1): `successful`, `tryLater`…
    /// @param why there is no signed response
    public record Told(
            Instant at, String status, Optional<String> why, Optional<Response> response) {}

    /// A signed response, decoded.
    ///
    /// @param hash algorithm of the CertID
    /// @param certStatus `good`, `revoked` or `unknown`
    /// @param responder name or key hash, as in the response
    /// @param signers subjects of the certificates in it
    /// @param renewal planned time of the next response
    /// @param base64 the whole OCSPResponse
    public record Response(
            String hash,
            String certStatus,
            Optional<Instant> revokedAt,
            Optional<String> reason,
            Optional<Instant> producedAt,
            Optional<Instant> thisUpdate,
            Optional<Instant> nextUpdate,
            Optional<Instant> renewal,
            String responder,
            String algorithm,
            List<String> signers,
            int octets,
            String base64) {}
}
