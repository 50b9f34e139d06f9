package org.precertocsp.responder.admin;

import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.Set;

/// One address of the API.
///
/// @param path with its parameters in braces
/// @param permitted who may use it
record ApiRoute(Method method, String path, Set<Role> permitted, Work work) {
    /// Handles a request.
    @FunctionalInterface
    interface Work {
        /// Sends the reply.
        ///
        /// @param who the caller, as history and audit log have it
        /// @throws ApiException nothing was sent
        void reply(String who, ServerRequest request, ServerResponse response)
                throws ApiException, IOException;
    }

    ApiRoute {
        permitted = Set.copyOf(permitted);
    }
}
