package org.precertocsp.responder.admin;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Locale;
import java.util.Optional;

/// Problem details (RFC 9457); the JSON has these fields.
///
/// @param type address of its explanation, relative to the server
/// @param field the request's field that is wrong
/// @param rule the requirement that is violated
record ProblemDetails(
        String type,
        String title,
        int status,
        String detail,
        Optional<String> field,
        Optional<String> rule) {
    static final String MEDIA_TYPE = "application/problem+json";

    static ProblemDetails of(ApiException exception) {
        ApiException.Kind kind = exception.kind();
        return new ProblemDetails(
                ApiRoutes.PROBLEMS + "/" + name(kind),
                kind.title(),
                kind.status(),
                exception.detail(),
                exception.field(),
                exception.rule());
    }

    /// As in its address: `not-found`.
    static String name(ApiException.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The document behind a problem's `type`.
    record Explanation(String type, String title, int status) {}

    static void explain(String who, ServerRequest request, ServerResponse response)
            throws ApiException {
        String name = request.path().pathParameters().get("kind");
        for (ApiException.Kind kind : ApiException.Kind.values()) {
            if (name(kind).equals(name)) {
                ApiResponses.send(
                        response,
                        new Explanation(
                                ApiRoutes.PROBLEMS + "/" + name, kind.title(), kind.status()));
                return;
            }
        }
        throw ApiException.of(ApiException.Kind.NOT_FOUND, "no problem has this name");
    }
}
