package org.precertocsp.responder.admin.api;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;

/// The OpenAPI document. A test compares it with [Routes] and with real responses.
final class ApiDocument {
    static final String PATH = "/v1/openapi.json";
    private static final String FILE = "/org/precertocsp/responder/admin/api/openapi.json";

    private ApiDocument() {}

    static void reply(String who, ServerRequest request, ServerResponse response)
            throws IOException {
        ApiResponses.send(response, "application/json", bytes());
    }

    static byte[] bytes() throws IOException {
        try (InputStream document = ApiDocument.class.getResourceAsStream(FILE)) {
            if (document == null) {
                throw new IOException(FILE + " is missing in the distribution");
            }
            return document.readAllBytes();
        }
    }
}
