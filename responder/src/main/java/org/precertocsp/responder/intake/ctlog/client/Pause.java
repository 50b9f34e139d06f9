package org.precertocsp.responder.intake.ctlog.client;

import java.time.Duration;

/// Lets time pass between attempts. A test notes it instead.
@FunctionalInterface
public interface Pause {
    void of(Duration duration) throws InterruptedException;
}
