package org.precertocsp.responder.admin;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.answers.AuthorityAnswers;
import org.precertocsp.responder.cluster.answers.InvalidBatchException;

/// The addresses for edges, at an authority. They are no part of the API for a CA's programs, and
/// may change with any version: an edge and its authorities are upgraded together.
///
/// Under the same limits as the API: connections, and requests for each caller and in all.
final class EdgeRoutes implements HttpService {
    static final String ANSWERS = "/edge/v1/answers";
    static final String TEMPLATES = "/edge/v1/templates/{id}";
    static final String SEQUENCE = "/edge/v1/sequence";

    private static final Set<Role> EDGES = EnumSet.of(Role.EDGE);
    private static final String OCSP_REQUEST = "application/ocsp-request";
    private static final String BYTES = "application/octet-stream";
    private static final int ID_DIGITS = 64;

    private final AuthorityAnswers answers;
    private final List<ApiRoute> routes;
    private final RequestAuthorizer guard;

    EdgeRoutes(AuthorityAnswers answers, RequestAuthorizer guard) {
        this.answers = answers;
        this.guard = guard;
        this.routes =
                List.of(
                        new ApiRoute(Method.POST, ANSWERS, EDGES, this::answer),
                        new ApiRoute(Method.GET, TEMPLATES, EDGES, this::template),
                        new ApiRoute(Method.GET, SEQUENCE, EDGES, this::sequence));
    }

    @Override
    public void routing(HttpRules rules) {
        for (ApiRoute route : routes) {
            rules.route(route.method(), route.path(), guard.handler(route));
            rules.any(
                    route.path(),
                    (_, response) -> {
                        response.header(HeaderNames.ALLOW, route.method().text());
                        ApiResponses.refuse(
                                response,
                                ApiException.of(
                                        ApiException.Kind.METHOD_NOT_ALLOWED,
                                        "use " + route.method().text()));
                    });
        }
        rules.any(
                "/edge/*",
                (_, response) ->
                        ApiResponses.refuse(
                                response,
                                ApiException.of(
                                        ApiException.Kind.NOT_FOUND,
                                        "this authority has no such address: upgrade it")));
    }

    private void answer(String who, ServerRequest request, ServerResponse response)
            throws ApiException, IOException {
        if (!RequestBodies.type(request).equals(OCSP_REQUEST)) {
            throw ApiException.of(
                    ApiException.Kind.UNSUPPORTED_TYPE, "send Content-Type: " + OCSP_REQUEST);
        }
        byte[] body = RequestBodies.read(request, AuthorityAnswers.MAX_BYTES);
        try {
            ApiResponses.send(response, BYTES, answers.answer(body));
        } catch (InvalidBatchException e) {
            throw ApiException.of(ApiException.Kind.MALFORMED, String.valueOf(e.getMessage()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw ApiException.of(ApiException.Kind.UNAVAILABLE, "the server stops");
        }
    }

    private void template(String who, ServerRequest request, ServerResponse response)
            throws ApiException {
        String id = request.path().pathParameters().get("id");
        Optional<ByteString> template =
                id.matches("[0-9a-f]{%d}".formatted(ID_DIGITS))
                        ? answers.template(ByteString.ofHex(id))
                        : Optional.empty();
        if (template.isEmpty()) {
            throw ApiException.of(
                    ApiException.Kind.NOT_FOUND, "no response of this authority names it");
        }
        ApiResponses.send(response, BYTES, template.get().toArray());
    }

    private void sequence(String who, ServerRequest request, ServerResponse response) {
        ApiResponses.send(
                response,
                BYTES,
                ByteBuffer.allocate(Long.BYTES).putLong(answers.sequence()).array());
    }
}
