package org.precertocsp.responder.intake.ctlog.client;

import java.time.Duration;

/// Waits between attempts. Tests record it instead.
@FunctionalInterface
public interface Pause {
    void of(Duration duration) throws InterruptedException;
}
