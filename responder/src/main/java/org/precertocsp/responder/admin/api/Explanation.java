package org.precertocsp.responder.admin.api;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import org.precertocsp.responder.admin.change.Objection;

/// What a problem's `type` leads to.
record Explanation(String type, String title, int status) {
    static void reply(String who, ServerRequest request, ServerResponse response) throws Objection {
        String name = request.path().pathParameters().get("kind");
        for (Objection.Kind kind : Objection.Kind.values()) {
            if (Problem.name(kind).equals(name)) {
                Guard.send(
                        response,
                        new Explanation(Routes.PROBLEMS + "/" + name, kind.title(), kind.status()));
                return;
            }
        }
        throw Objection.of(Objection.Kind.NOT_FOUND, "no problem is called so");
    }
}
