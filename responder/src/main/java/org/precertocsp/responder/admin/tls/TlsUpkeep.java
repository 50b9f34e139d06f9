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

/// Reloads the private API's certificates when their files change or on request, and has rejected
/// handshakes recorded.
public final class TlsUpkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TlsUpkeep.class);
    private static final Duration CHECK_EVERY = Duration.ofSeconds(1);

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
        upkeep.task = tasks.every("admin-tls", CHECK_EVERY, CHECK_EVERY, upkeep::check);
        return upkeep;
    }

    /// Expiry of the certificates in use, by description.
    public Map<String, Instant> ends() {
        return tls.ends();
    }

    /// Reloads the files.
    ///
    /// @return why they cannot be used, so that those in use stay; or empty
    public Optional<String> reload() {
        return read();
    }

    private void check() {
        if (watch.changed()) {
            var _ = read();
        }
        tls.recordRejectedHandshakes();
    }

    private synchronized Optional<String> read() {
        try {
            tls.reload();
            LOG.info("reloaded the certificates of the private API");
            alarm.end(Incident.Kind.RELOAD_FAILED, ABOUT);
            return Optional.empty();
        } catch (TlsRefused e) {
            LOG.error(
                    "the changed certificates of the private API cannot be used, the previous ones stay in use: {}",
                    e.getMessage());
            alarm.raise(
                    new Incident(
                            Incident.Kind.RELOAD_FAILED,
                            ABOUT,
                            "The changed certificates of the private API cannot be used, the"
                                    + " previous ones stay in use: %s. Replace the files."
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
