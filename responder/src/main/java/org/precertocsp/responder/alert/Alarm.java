package org.precertocsp.responder.alert;

import org.slf4j.LoggerFactory;

/// Raises incidents. Thread-safe; returns at once, never throws.
@FunctionalInterface
public interface Alarm {
    /// Writes incidents to the log; used where no alert service is available.
    Alarm LOGGED =
            incident ->
                    LoggerFactory.getLogger(Alarm.class)
                            .error("{} {}: {}", incident.kind(), incident.about(), incident.what());

    void raise(Incident incident);

    /// Ends the alert about `about` of this kind, since its cause is gone, and notifies the
    /// channels. Without effect if there is no such alert, and for implementations that only write
    /// logs.
    ///
    /// Alerts outlive the process that raised them, so the first check after a start must also end
    /// the alerts of what is in order, not only those that this process raised. Cheap enough for
    /// every periodic check that finds no problem, but not for every request.
    default void end(Incident.Kind kind, String about) {}
}
