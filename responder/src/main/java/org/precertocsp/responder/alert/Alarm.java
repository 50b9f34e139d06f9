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
    /// ends and says so. Without effect where there is none, and for what only writes logs.
    ///
    /// Alerts outlive the process that raised them. So end what is fine at the first look after a
    /// start too, not only what this process raised. Cheap enough for every look that finds things
    /// as they should be, not for every request.
    default void end(Incident.Kind kind, String about) {}
}
