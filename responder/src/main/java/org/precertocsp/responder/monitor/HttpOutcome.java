package org.precertocsp.responder.monitor;

import java.time.Duration;

/// The outcome of an exchange.
public sealed interface HttpOutcome {
    Duration took();

    record Replied(RawHttpResponse reply) implements HttpOutcome {
        @Override
        public Duration took() {
            return reply.took();
        }
    }

    /// No complete HTTP response was received.
    record Failed(String why, Duration took) implements HttpOutcome {}
}
