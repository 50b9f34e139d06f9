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

    /// The cause of what was raised as `kind` about `about` is gone: its alert, where there is one,
    /// ends and says so. Without effect for what only writes logs.
    default void end(Incident.Kind kind, String about) {}
}
