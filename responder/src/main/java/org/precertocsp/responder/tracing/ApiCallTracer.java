package org.precertocsp.responder.tracing;

import java.util.Optional;

/// Traces API requests: called when one begins and when it has been answered. Thread-safe.
@FunctionalInterface
public interface ApiCallTracer {
    Ending NOT_TRACED = _ -> {};

    /// Traces nothing.
    ApiCallTracer NONE = _ -> NOT_TRACED;

    Ending begin(Call call);

    /// @param route with its parameters in braces
    /// @param parent the header field `traceparent`, as received
    record Call(String method, String route, Optional<String> parent) {}

    /// Ends the trace of a call; call it once.
    @FunctionalInterface
    interface Ending {
        void answered(int status);
    }
}
