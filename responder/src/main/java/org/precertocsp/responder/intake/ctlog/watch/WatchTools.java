package org.precertocsp.responder.intake.ctlog.watch;

import java.time.InstantSource;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.intake.ctlog.LogFollower;
import org.precertocsp.responder.intake.ctlog.client.ClientLimits;
import org.precertocsp.responder.task.BackgroundTasks;

/// The services that every follower uses.
record WatchTools(
        BackgroundTasks tasks,
        WatchConfig config,
        LogFollower.Tools following,
        ClientLimits client,
        Alarm alarm) {
    static final String AGENT = "precert-ocsp (serve)";

    InstantSource clock() {
        return following.clock();
    }
}
