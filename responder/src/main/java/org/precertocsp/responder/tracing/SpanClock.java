package org.precertocsp.responder.tracing;

import io.opentelemetry.sdk.common.Clock;
import java.time.Instant;
import java.time.InstantSource;

/// The clock of the program as OpenTelemetry's.
final class SpanClock implements Clock {
    private static final long NANOS = 1_000_000_000L;

    private final InstantSource clock;

    SpanClock(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public long now() {
        Instant now = clock.instant();
        return now.getEpochSecond() * NANOS + now.getNano();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }
}
