package org.precertocsp.responder.monitor.wire;

import java.time.Duration;

/// How an exchange ended.
public sealed interface Outcome {
    Duration took();

    record Replied(WireReply reply) implements Outcome {
        @Override
        public Duration took() {
            return reply.took();
        }
    }

    /// No HTTP response was received whole.
    record Failed(String why, Duration took) implements Outcome {}
}
