package org.precertocsp.responder.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.admin.TestApiServer.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.precertocsp.TestCa;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.tracing.ApiCallTracer;

/// The OpenAPI document against what the server does.
final class OpenApiTest extends SharedApiServer {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

    private static JsonNode document;
    private static JsonSchema schemas;

    @BeforeAll
    static void readDocument() {
        document = json(api.get("viewer", "openapi.json"));
        schemas = new JsonSchema(document);
    }

    private record Operation(String method, String path, JsonNode spec) {
        String name() {
            return method.toUpperCase(Locale.ROOT) + " " + path;
        }
    }

    private static List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        document.path("paths")
                .properties()
                .forEach(
                        path ->
                                path.getValue().properties().stream()
                                        .filter(it -> METHODS.contains(it.getKey()))
                                        .map(
                                                it ->
                                                        new Operation(
                                                                it.getKey(),
                                                                path.getKey(),
                                                                it.getValue()))
                                        .forEach(operations::add));
        return operations;
    }

    private static List<ApiRoute> routes() {
        return new ApiRoutes(
                        api.parts(),
                        TestApiServer.config(
                                new ApiConfig.Listener.UnixSocket(
                                        folder.resolve("unused"), Set.of())),
                        new UploadLimiter(UploadLimiter.Volume.of(folder), Duration.ZERO),
                        new RequestAuthorizer(
                                CallerAuthenticator.local(Set.of()),
                                new AccessRefusalRecorder(AuditTrail.NONE, InstantSource.system()),
                                ApiCallTracer.NONE,
                                new AdminConnectionLimiter(
                                        "unused",
                                        new AdminConnectionLimiter.Limits(
                                                1, Duration.ZERO, Duration.ZERO, Duration.ZERO),
                                        Alarm.LOGGED),
                                true))
                .routes();
    }

    @Test
    void every_route_is_documented_with_its_roles_and_nothing_else_is() {
        assertThat(operations())
                .extracting(it -> it.name() + " " + roles(it))
                .containsExactlyInAnyOrderElementsOf(
                        routes().stream()
                                .map(
                                        route ->
                                                route.method().text()
                                                        + " "
                                                        + route.path()
                                                        + " "
                                                        + words(route.permitted()))
                                .toList());
    }

    private static Set<String> roles(Operation operation) {
        return StreamSupport.stream(operation.spec().path("x-roles").spliterator(), false)
                .map(JsonNode::asText)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> words(Set<Role> roles) {
        return roles.stream().map(Role::word).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void every_documented_route_answers_its_example_as_documented() throws IOException {
        for (String serial : List.of("5a20", "5a21")) {
            api.post(
                    "operator",
                    "announcements",
                    "{\"issuer\": \"tls\", \"serial\": \"%s\"}".formatted(serial));
        }
        api.post("operator", "revocations", revocation("5a21"));
        for (Operation operation : operations()) {
            JsonNode body = operation.spec().path("requestBody").path("content");
            JsonNode example =
                    body.path("application/json").path("examples").path("usual").path("value");
            String type = example.isMissingNode() ? "application/octet-stream" : "application/json";
            String sent =
                    body.isMissingNode()
                            ? ""
                            : example.isMissingNode() ? "no such file" : filled(example);
            if (!example.isMissingNode()) {
                schemas.check(body.path("application/json").path("schema"), json(sent), "request");
            }

            HttpResponse<String> response =
                    api.send(
                            "operator",
                            operation.method().toUpperCase(Locale.ROOT),
                            path(operation).substring("/v1/".length()),
                            sent,
                            "Content-Type",
                            type);

            assertDocumented(operation, response);
            if (!example.isMissingNode()) {
                assertThat(response.statusCode()).as(operation.name()).isEqualTo(200);
            }
        }
    }

    @Test
    void refusals_are_as_documented_too() {
        for (Operation operation : operations()) {
            String path = path(operation).substring("/v1/".length());
            String method = operation.method().toUpperCase(Locale.ROOT);

            HttpResponse<String> stranger = api.send("stranger", method, path, "");
            HttpResponse<String> wrong =
                    api.send("operator", method, path, "{", "Content-Type", "application/json");

            assertThat(stranger.statusCode()).as(operation.name()).isEqualTo(403);
            assertDocumented(operation, stranger);
            assertDocumented(operation, wrong);
        }
    }

    private static void assertDocumented(Operation operation, HttpResponse<String> response) {
        String type = response.headers().firstValue("Content-Type").orElse("");
        JsonNode documented =
                operation
                        .spec()
                        .path("responses")
                        .path(String.valueOf(response.statusCode()))
                        .path("content")
                        .path(type);
        assertThat(documented.isMissingNode())
                .as("%s: %d %s: %s", operation.name(), response.statusCode(), type, response.body())
                .isFalse();
        schemas.check(documented.path("schema"), json(response), operation.name());
    }

    private static String path(Operation operation) {
        String path = operation.path();
        StringBuilder query = new StringBuilder();
        for (JsonNode parameter : operation.spec().path("parameters")) {
            String name = parameter.path("name").asText();
            path = path.replace("{" + name + "}", parameter.path("example").asText());
            if (parameter.path("in").asText().equals("query")
                    && parameter.path("required").asBoolean()) {
                query.append("?").append(name).append("=tls");
            }
        }
        return path + query;
    }

    /// A document has no certificate of this test's CA.
    private static String filled(JsonNode example) {
        ObjectNode filled = example.deepCopy();
        if (filled.path("certificate").asText().equals("@precertificate")) {
            filled.put(
                    "certificate",
                    TestCa.pem(
                            "CERTIFICATE",
                            TestCa.encoded(api.tls.precertificate(BigInteger.valueOf(0x5a19)))));
        }
        return filled.toString();
    }

    private static String revocation(String serial) {
        return "{\"issuer\": \"tls\", \"serial\": \"%s\", \"reason\": \"superseded\"}"
                .formatted(serial);
    }
}
