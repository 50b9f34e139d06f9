package org.precertocsp.responder.monitor.wire;

import java.time.Duration;

/// The outcome of an exchange.
public sealed interface Outcome {
    Duration took();

    record Replied(WireReply reply) implements Outcome {
        @Override
        public Duration took() {
            return reply.took();
        }
    }

    /// No complete HTTP response was received.
    record Failed(String why, Duration took) implements Outcome {}
}
