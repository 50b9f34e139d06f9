package org.precertocsp.responder.intake.ctlog.watch;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.ctlog.LogFollower;
import org.precertocsp.responder.intake.ctlog.client.ClientLimits;
import org.precertocsp.responder.status.StatusStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the configured logs, each by itself, and looks after what they were first to bring,
/// until closed. Answering never waits for any of it.
public final class LogWatch implements AutoCloseable {
    /// What each log may cost a server that has answers to give: fewer pages at once than a command
    /// fetches, and fewer attempts, since the next look comes anyway.
    public static final ClientLimits CLIENT =
            new ClientLimits(
                    2,
                    Duration.ofSeconds(30),
                    4,
                    Duration.ofMillis(500),
                    Duration.ofMinutes(1),
                    32 << 20);

    private static final Logger LOG = LoggerFactory.getLogger(LogWatch.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(20);
    private static final Duration LOOK_AT_MOST = Duration.ofMillis(100);
    private static final long STOP_SECONDS = 5;

    /// Where incidents go.
    ///
    /// @param audit hears of each before the alarm does
    public record Outlets(AuditTrail audit, Alarm alarm) {}

    /// @param issuers whose serials are looked after
    public record Subjects(FedIssuer.Directory issuers, StatusStore store) {}

    private final List<LogWatcher> watchers;
    private final NeverFed neverFed;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("never-fed").factory());

    private LogWatch(List<LogWatcher> watchers, NeverFed neverFed) {
        this.watchers = watchers;
        this.neverFed = neverFed;
    }

    /// Runs until closed; returns at once.
    public static LogWatch start(
            WatchConfig config, LogFollower.Tools following, Subjects subjects, Outlets outlets) {
        WatchTools tools = new WatchTools(config, following, CLIENT, outlets.alarm());
        NeverFed neverFed = new NeverFed(subjects, outlets, config.grace(), following.clock());
        LogWatch watch =
                new LogWatch(
                        config.logs().stream().map(log -> LogWatcher.start(log, tools)).toList(),
                        neverFed);
        long every =
                Math.clamp(
                        config.grace().toMillis(), LOOK_AT_MOST.toMillis(), LOOK_EVERY.toMillis());
        Future<?> _ =
                watch.thread.scheduleWithFixedDelay(watch::look, 0, every, TimeUnit.MILLISECONDS);
        return watch;
    }

    private void look() {
        try {
            neverFed.look();
        } catch (RuntimeException e) {
            // Nothing is settled, so the next look comes to it again.
            LOG.error("looking after what logs brought failed", e);
        }
    }

    /// In the order of the configuration.
    public List<LogState> states() {
        return watchers.stream().map(LogWatcher::state).toList();
    }

    /// Incidents a log brought since the start.
    public long incidentsOf(String log) {
        return neverFed.broughtBy(log);
    }

    /// Incidents of an issuer that no feed of the CA has settled yet.
    public long openIncidents(String issuer) {
        return neverFed.openOf(issuer);
    }

    /// Has every log looked at now, also those where following has stopped. Returns at once.
    public void retry() {
        watchers.forEach(LogWatcher::retry);
    }

    @Override
    public void close() {
        watchers.forEach(LogWatcher::stop);
        watchers.forEach(LogWatcher::close);
        // No interrupt: see LogWatcher.
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("what logs brought is still being looked after; it is left alone");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
