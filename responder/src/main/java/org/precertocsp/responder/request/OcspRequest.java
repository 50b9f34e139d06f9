package org.precertocsp.responder.request;

import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.Nonce;

/// A decoded request.
///
/// @param certIds in the order requested, without duplicates: a CertID that occurs twice gets one
///   SingleResponse; at least one, at most the configured limit
/// @param nonce as sent, whatever its permitted length (NO-02, NO-03)
public record OcspRequest(List<CertId> certIds, Optional<Nonce> nonce) implements DecodeResult {
    public OcspRequest {
        certIds = certIds.size() == 1 ? List.copyOf(certIds) : certIds.stream().distinct().toList();
        if (certIds.isEmpty()) {
            throw new IllegalArgumentException("a query asks about at least one certificate");
        }
    }
}
