package org.precertocsp.responder.admin.tls;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.freshness.FileWatch;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the private API's certificates again when their files change, or when asked, and has those
/// recorded who were refused in a handshake.
public final class TlsUpkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TlsUpkeep.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private static final String ABOUT = "certificates of the private API";

    private final ReloadableTls tls;
    private final Alarm alarm;
    private final FileWatch watch;
    private BackgroundTasks.@Nullable Task task;

    private TlsUpkeep(ReloadableTls tls, Alarm alarm) {
        this.tls = tls;
        this.alarm = alarm;
        this.watch = new FileWatch(tls.files().all());
    }

    /// Runs until closed.
    public static TlsUpkeep start(BackgroundTasks tasks, ReloadableTls tls, Alarm alarm) {
        TlsUpkeep upkeep = new TlsUpkeep(tls, alarm);
        upkeep.task = tasks.every("admin-tls", LOOK_EVERY, LOOK_EVERY, upkeep::look);
        return upkeep;
    }

    /// When the certificates in use end, by what they are.
    public Map<String, Instant> ends() {
        return tls.ends();
    }

    /// Reads the files again.
    ///
    /// @return why they are refused and those in use stay, or empty
    public Optional<String> reload() {
        return read();
    }

    private void look() {
        if (watch.changed()) {
            var _ = read();
        }
        tls.lookAtHandshakes();
    }

    private synchronized Optional<String> read() {
        try {
            tls.reload();
            LOG.info("the private API's certificates were read again");
            alarm.end(Incident.Kind.RELOAD_FAILED, ABOUT);
            return Optional.empty();
        } catch (TlsRefused e) {
            LOG.error(
                    "the private API's certificates are refused, those in use stay: {}",
                    e.getMessage());
            alarm.raise(
                    new Incident(
                            Incident.Kind.RELOAD_FAILED,
                            ABOUT,
                            "Changed certificates of the private API are refused, those in use"
                                    + " stay: %s. Put in their place what can be used."
                                            .formatted(e.getMessage())));
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        if (task != null) {
            task.stopNow();
        }
    }
}
