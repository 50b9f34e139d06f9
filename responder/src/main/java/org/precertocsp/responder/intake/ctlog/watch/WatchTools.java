package org.precertocsp.responder.intake.ctlog.watch;

import java.time.InstantSource;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.intake.ctlog.LogFollower;
import org.precertocsp.responder.intake.ctlog.client.ClientLimits;

/// What every follower works with.
record WatchTools(
        WatchConfig config, LogFollower.Tools following, ClientLimits client, Alarm alarm) {
    static final String AGENT = "precert-ocsp (serve)";

    InstantSource clock() {
        return following.clock();
    }
}
