package org.precertocsp.responder.admin.lookup;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.status.StatusAnswer;

/// What is told of a certificate, precertificate or serial; its JSON has these fields.
///
/// @param document what was asked with, unless it was a serial
/// @param found one for each issuer the serial may be of
public record Lookup(Optional<Document> document, List<Found> found) {
    /// @param kind `certificate` or `precertificate`
    /// @param known true if this very document is among the evidence
    /// @param warnings what an operator should look at
    public record Document(
            String kind,
            Octets sha256,
            String subject,
            String issuer,
            Instant notBefore,
            Instant notAfter,
            boolean known,
            List<String> warnings) {}

    /// @param answer what a client would be told now
    public record Found(StatusAnswer status, Told answer) {}

    /// @param at when the server was asked
    /// @param status of the OCSPResponse (RFC 6960 §4.2.1): `successful`, `tryLater`…
    /// @param why there is no signed response
    public record Told(
            Instant at, String status, Optional<String> why, Optional<Response> response) {}

    /// A signed response, decoded.
    ///
    /// @param hash algorithm of the CertID
    /// @param certStatus `good`, `revoked` or `unknown`
    /// @param responder name or key hash, as the response has it
    /// @param signers subjects of the certificates in it
    /// @param renewal when the server plans to have a newer one
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
