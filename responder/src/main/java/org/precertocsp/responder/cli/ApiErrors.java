package org.precertocsp.responder.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ConnectException;
import javax.net.ssl.SSLException;
import org.precertocsp.responder.admin.ApiClient;
import org.precertocsp.responder.io.Json;

/// Messages for calls of the private API that failed.
final class ApiErrors {
    private ApiErrors() {}

    static String explain(IOException failure) {
        return switch (failure) {
            case ConnectException _ ->
                    "the server cannot be reached: is it running, and is admin.api.listen its"
                            + " address?";
            case SSLException e ->
                    "TLS to the server failed: %s; check --cert, --key and --cacert"
                            .formatted(e.getMessage());
            default ->
                    "the server did not answer: %s; it may have rejected the client certificate"
                            .formatted(failure.getMessage());
        };
    }

    /// The detail of a problem, and the field that is wrong.
    static String detail(ApiClient.Reply reply) {
        try {
            JsonNode problem = Json.MAPPER.readTree(reply.body());
            String field = problem.path("field").asText("");
            String detail = problem.path("detail").asText("");
            return detail.isEmpty()
                    ? "HTTP status " + reply.status()
                    : (field.isEmpty() ? "" : field + ": ") + detail;
        } catch (JsonProcessingException _) {
            return "HTTP status " + reply.status();
        }
    }
}
