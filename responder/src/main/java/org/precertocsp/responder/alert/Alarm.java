package org.precertocsp.responder.alert;

import org.slf4j.LoggerFactory;

/// Where incidents are raised. Thread-safe; returns at once, never throws.
@FunctionalInterface
public interface Alarm {
    /// Writes them into the log, for where nothing better is at hand.
    Alarm LOGGED =
            incident ->
                    LoggerFactory.getLogger(Alarm.class)
                            .error("{} {}: {}", incident.kind(), incident.about(), incident.what());

    void raise(Incident incident);
}
