package org.precertocsp.responder.ctlog;

import java.time.InstantSource;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.task.BackgroundTasks;

/// The services that every follower uses.
record LogMonitorContext(
        BackgroundTasks tasks,
        CtLogConfig config,
        LogFollower.Tools following,
        LogClientConfig client,
        Alarm alarm) {
    static final String AGENT = "precert-ocsp (serve)";

    InstantSource clock() {
        return following.clock();
    }
}
