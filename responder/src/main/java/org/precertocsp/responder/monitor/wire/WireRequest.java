package org.precertocsp.responder.monitor.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import org.precertocsp.ocsp.Octets;

/// One HTTP request, sent exactly as given.
///
/// @param target raw, neither escaped nor normalised
/// @param fields besides Host, Connection, User-Agent and Content-Length
public record WireRequest(String method, String target, Map<String, String> fields, Octets body) {
    private static final Octets NOTHING = Octets.of();

    public WireRequest {
        fields = Map.copyOf(fields);
    }

    public static WireRequest get(String target) {
        return new WireRequest("GET", target, Map.of(), NOTHING);
    }

    /// A GET, HEAD, PUT … without a body.
    public static WireRequest bare(String method, String target) {
        return new WireRequest(method, target, Map.of(), NOTHING);
    }

    /// An OCSP request in a POST (RFC 6960 A.1).
    public static WireRequest post(String target, Octets request) {
        return new WireRequest(
                "POST", target, Map.of("Content-Type", "application/ocsp-request"), request);
    }

    public WireRequest with(String field, String value) {
        Map<String, String> more = new LinkedHashMap<>(fields);
        more.put(field, value);
        return new WireRequest(method, target, more, body);
    }
}
