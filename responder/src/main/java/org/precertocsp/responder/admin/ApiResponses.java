package org.precertocsp.responder.admin;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import org.precertocsp.responder.io.Json;

/// Sends the API's responses: JSON, or a problem (RFC 9457).
final class ApiResponses {
    private static final HeaderName NO_SNIFF = HeaderNames.create("X-Content-Type-Options");
    private static final String RETRY_AFTER_SECONDS = "5";
    private static final int SERVICE_UNAVAILABLE = 503;

    private ApiResponses() {}

    /// One line with its line end; absent fields are left out.
    static byte[] line(Record value) {
        return (Json.sparseLine(value) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    static void send(ServerResponse response, Record value) {
        send(response, "application/json", line(value));
    }

    static void send(ServerResponse response, String type, byte[] body) {
        response.header(HeaderNames.CONTENT_TYPE, type)
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .header(NO_SNIFF, "nosniff")
                .send(body);
    }

    /// Sends a problem.
    ///
    /// @throws IllegalStateException a response was sent already; the connection is closed then
    static void refuse(ServerResponse response, ApiException exception) {
        if (response.isSent()) {
            throw new IllegalStateException("rejected after the response: " + exception.detail());
        }
        ProblemDetails problem = ProblemDetails.of(exception);
        if (problem.status() == SERVICE_UNAVAILABLE) {
            response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        send(response.status(problem.status()), ProblemDetails.MEDIA_TYPE, line(problem));
    }
}
