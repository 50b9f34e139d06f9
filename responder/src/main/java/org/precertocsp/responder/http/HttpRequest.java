package org.precertocsp.responder.http;

import java.util.List;
import org.precertocsp.ocsp.Octets;

/// One whole HTTP/1.x request; what nothing here depends on is left out.
///
/// @param target as sent
/// @param keepAlive whether the client wants the connection to go on (RFC 9112 §9.3)
/// @param ifNoneMatch the values of all If-None-Match lines
/// @param body decoded, where it came in chunks
record HttpRequest(
        String method,
        String target,
        boolean http10,
        boolean keepAlive,
        List<String> ifNoneMatch,
        Octets body) {
    HttpRequest {
        ifNoneMatch = List.copyOf(ifNoneMatch);
    }

    boolean isGet() {
        return method.equals("GET");
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    boolean isPost() {
        return method.equals("POST");
    }
}
