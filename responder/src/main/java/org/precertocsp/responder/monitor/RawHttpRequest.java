package org.precertocsp.responder.monitor;

import java.util.LinkedHashMap;
import java.util.Map;
import org.precertocsp.der.ByteString;

/// One HTTP request, sent exactly as given.
///
/// @param target raw, neither escaped nor normalised
/// @param fields besides Host, Connection, User-Agent and Content-Length
public record RawHttpRequest(
        String method, String target, Map<String, String> fields, ByteString body) {
    private static final ByteString NOTHING = ByteString.of();

    public RawHttpRequest {
        fields = Map.copyOf(fields);
    }

    public static RawHttpRequest get(String target) {
        return new RawHttpRequest("GET", target, Map.of(), NOTHING);
    }

    /// A GET, HEAD, PUT … without a body.
    public static RawHttpRequest bare(String method, String target) {
        return new RawHttpRequest(method, target, Map.of(), NOTHING);
    }

    /// An OCSP request in a POST (RFC 6960 A.1).
    public static RawHttpRequest post(String target, ByteString request) {
        return new RawHttpRequest(
                "POST", target, Map.of("Content-Type", "application/ocsp-request"), request);
    }

    public RawHttpRequest with(String field, String value) {
        Map<String, String> more = new LinkedHashMap<>(fields);
        more.put(field, value);
        return new RawHttpRequest(method, target, more, body);
    }
}
