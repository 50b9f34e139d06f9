package org.precertocsp.responder.admin.api;

import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.Set;
import org.precertocsp.responder.admin.access.Role;
import org.precertocsp.responder.admin.change.Objection;

/// One address of the API.
///
/// @param path with its parameters in braces
/// @param permitted who may use it
record Route(Method method, String path, Set<Role> permitted, Work work) {
    /// Handles a request.
    @FunctionalInterface
    interface Work {
        /// Sends the reply.
        ///
        /// @param who the caller, as history and audit log have it
        /// @throws Objection nothing was sent
        void reply(String who, ServerRequest request, ServerResponse response)
                throws Objection, IOException;
    }

    Route {
        permitted = Set.copyOf(permitted);
    }
}
