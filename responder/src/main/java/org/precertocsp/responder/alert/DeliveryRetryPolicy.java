package org.precertocsp.responder.alert;

import java.time.Duration;

/// How often delivery of a notice is attempted, and the pause between attempts, which doubles.
///
/// @param attempts at least one
record DeliveryRetryPolicy(int attempts, Duration first, Duration most, Pause pause) {
    /// About two minutes in all; an abandoned notice is offered again later.
    static final DeliveryRetryPolicy USUAL =
            new DeliveryRetryPolicy(8, Duration.ofSeconds(1), Duration.ofMinutes(1), Thread::sleep);

    /// Sleeps; replaced in tests.
    @FunctionalInterface
    interface Pause {
        void of(Duration duration) throws InterruptedException;
    }

    void pauseAfter(int attempt) throws InterruptedException {
        Duration rest = first.multipliedBy(1L << Math.min(attempt - 1, 20));
        pause.of(rest.compareTo(most) < 0 ? rest : most);
    }
}
