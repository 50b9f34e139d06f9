package org.precertocsp.responder.http;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.request.OcspError;

/// One HTTP response, but for Date, Content-Length and Connection, which depend on the connection.
///
/// OCSP errors travel with 200 (HT-19): clients and CDNs hand on the body of a 200 only, and the
/// error is in the body. Refusals of HTTP itself have their own status and, for a client that reads
/// the body regardless, the body of malformedRequest.
///
/// @param body empty for none
record HttpReply(int status, Map<String, String> fields, Octets body) {
    static final String OCSP_RESPONSE = "application/ocsp-response";

    private static final Octets NOTHING = Octets.of();
    private static final Map<String, String> UNCACHEABLE_OCSP =
            Map.of("Content-Type", OCSP_RESPONSE, "Cache-Control", "no-store");

    HttpReply {
        fields = Map.copyOf(fields);
    }

    /// A signed answer.
    static HttpReply ocsp(Octets der, Map<String, String> cacheFields) {
        Map<String, String> fields = new HashMap<>(cacheFields);
        fields.put("Content-Type", OCSP_RESPONSE);
        return new HttpReply(200, fields, der);
    }

    /// An unsigned answer (RP-03), never cacheable (HT-14).
    static HttpReply error(OcspError error) {
        return new HttpReply(200, UNCACHEABLE_OCSP, der(error));
    }

    /// @param retryAfter rounded up to whole seconds, one at least
    static HttpReply tryLater(Duration retryAfter) {
        Map<String, String> fields = new HashMap<>(UNCACHEABLE_OCSP);
        long seconds = Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds());
        fields.put("Retry-After", Long.toString(seconds));
        return new HttpReply(200, fields, der(OcspError.TRY_LATER));
    }

    /// What the client holds is what it would get.
    static HttpReply notModified(Map<String, String> cacheFields) {
        return new HttpReply(304, cacheFields, NOTHING);
    }

    /// A request HTTP itself does not let through.
    static HttpReply refusal(int status) {
        return new HttpReply(status, UNCACHEABLE_OCSP, der(OcspError.MALFORMED_REQUEST));
    }

    static HttpReply methodNotAllowed() {
        return new HttpReply(
                405, Map.of("Allow", "GET, HEAD, POST", "Cache-Control", "no-store"), NOTHING);
    }

    static HttpReply notFound() {
        return new HttpReply(404, Map.of("Cache-Control", "no-store"), NOTHING);
    }

    /// OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED }.
    private static Octets der(OcspError error) {
        return Octets.of((byte) 0x30, (byte) 3, (byte) 0x0a, (byte) 1, (byte) error.code());
    }
}
