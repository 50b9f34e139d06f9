package org.precertocsp.responder.admin.api;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;

/// The OpenAPI document. A test holds it against [Routes] and the replies.
final class ApiDocument {
    static final String PATH = "/v1/openapi.json";

    private ApiDocument() {}

    static void reply(String who, ServerRequest request, ServerResponse response)
            throws IOException {
        Guard.send(response, "application/json", bytes());
    }

    static byte[] bytes() throws IOException {
        try (InputStream document = ApiDocument.class.getResourceAsStream("openapi.json")) {
            if (document == null) {
                throw new IOException("openapi.json is not beside " + ApiDocument.class);
            }
            return document.readAllBytes();
        }
    }
}
