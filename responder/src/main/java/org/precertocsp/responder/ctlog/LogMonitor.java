package org.precertocsp.responder.ctlog;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.ctlog.CtLogConfig.Watched;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the configured logs, each on its own, and monitors the serials that they brought first,
/// until closed. Answering never waits for it.
public final class LogMonitor implements AutoCloseable {
    /// Limits for a server: fewer pages at once than for a command, and fewer attempts, since the
    /// log is polled again anyway.
    public static final LogClientConfig CLIENT =
            new LogClientConfig(
                    2,
                    Duration.ofSeconds(30),
                    4,
                    Duration.ofMillis(500),
                    Duration.ofMinutes(1),
                    32 << 20);

    private static final Logger LOG = LoggerFactory.getLogger(LogMonitor.class);
    private static final Duration CHECK_EVERY = Duration.ofSeconds(20);
    private static final Duration CHECK_AT_MOST = Duration.ofMillis(100);
    private static final Duration LISTS_EVERY = Duration.ofDays(1);

    /// The recipients of incidents.
    ///
    /// @param audit receives each incident before `alarm` does
    public record Outlets(AuditTrail audit, Alarm alarm) {}

    /// @param issuers whose serials are monitored
    public record Subjects(ConfiguredIssuer.Directory issuers, StatusStore store) {}

    private final LogMonitorContext tools;
    private final MissingFromFeedMonitor neverFed;
    // Replaced by the task below only; none is added after closing.
    private volatile List<LogFollowerThread> watchers;
    private boolean closed;
    private volatile Consumer<String> whenNew = _ -> {};
    private BackgroundTasks.@Nullable Task looking;
    private BackgroundTasks.@Nullable Task readingLists;

    private LogMonitor(LogMonitorContext tools, MissingFromFeedMonitor neverFed) {
        this.tools = tools;
        this.neverFed = neverFed;
        this.watchers =
                tools.config().logs().stream()
                        .map(log -> LogFollowerThread.start(log, tools))
                        .toList();
    }

    /// Follows the logs of a server. Runs until closed; returns at once.
    public static LogMonitor start(
            BackgroundTasks tasks,
            CtLogConfig config,
            LogEntryLoader intake,
            Subjects subjects,
            Outlets outlets,
            InstantSource clock) {
        FollowerLimits usual = FollowerLimits.USUAL;
        LogFollower.Tools following =
                new LogFollower.Tools(
                        IssuerFilter.of(subjects.issuers()),
                        intake,
                        new FollowerLimits(
                                usual.entriesAtOnce(), usual.maxCandidates(), config.maxHeadAge()),
                        CLIENT.inFlight(),
                        clock);
        return start(tasks, config, following, subjects, outlets);
    }

    static LogMonitor start(
            BackgroundTasks tasks,
            CtLogConfig config,
            LogFollower.Tools following,
            Subjects subjects,
            Outlets outlets) {
        LogMonitorContext tools =
                new LogMonitorContext(tasks, config, following, CLIENT, outlets.alarm());
        MissingFromFeedMonitor neverFed =
                new MissingFromFeedMonitor(subjects, outlets, config.grace(), following.clock());
        LogMonitor watch = new LogMonitor(tools, neverFed);
        long every =
                Math.clamp(
                        config.grace().toMillis(),
                        CHECK_AT_MOST.toMillis(),
                        CHECK_EVERY.toMillis());
        // A failed round changes nothing, so the next one repeats it.
        watch.looking = tasks.every("never-fed", Duration.ofMillis(every), neverFed::check);
        watch.readingLists = tasks.every("log-lists", LISTS_EVERY, LISTS_EVERY, watch::readLists);
        return watch;
    }

    /// Calls `each` for every followed log, now and for those that a log list adds later.
    ///
    /// @param each called by another thread for later logs
    public void forEachLog(Consumer<String> each) {
        watchers.forEach(watcher -> each.accept(watcher.state().log()));
        whenNew = each;
    }

    private void readLists() {
        Set<ByteString> listed =
                watchers.stream()
                        .filter(watcher -> watcher.watched().listed() && !watcher.isDropped())
                        .map(LogMonitor::id)
                        .collect(Collectors.toSet());
        apply(LogListChanges.read(tools.config().lists(), listed));
    }

    private void apply(LogListChanges changes) {
        for (LogFollowerThread watcher : watchers) {
            Optional.ofNullable(changes.dropped().get(id(watcher))).ifPresent(watcher::drop);
        }
        for (Watched log : changes.picked().values()) {
            if (watchers.stream().noneMatch(other -> stands(other) && isSame(other, log))) {
                follow(log);
            }
        }
    }

    private static boolean stands(LogFollowerThread watcher) {
        return !watcher.isDropped();
    }

    private static boolean isSame(LogFollowerThread watcher, Watched log) {
        return id(watcher).equals(log.log().key().id()) || isCalled(watcher, log);
    }

    private static boolean isCalled(LogFollowerThread watcher, Watched log) {
        return watcher.state().log().equals(log.log().name());
    }

    private static ByteString id(LogFollowerThread watcher) {
        return watcher.watched().log().key().id();
    }

    private synchronized void follow(Watched log) {
        if (closed) {
            return;
        }
        List<LogFollowerThread> all =
                watchers.stream()
                        .filter(other -> stands(other) || !isCalled(other, log))
                        .collect(Collectors.toCollection(ArrayList::new));
        if (all.size() >= CtLogConfig.MAX_LOGS) {
            LOG.warn(
                    "log {} is not followed: {} logs are followed already",
                    log.log().name(),
                    CtLogConfig.MAX_LOGS);
            return;
        }
        LOG.info("log {} is now followed because of its log list", log.log().name());
        boolean known = all.size() < watchers.size();
        all.add(LogFollowerThread.start(log, tools));
        watchers = List.copyOf(all);
        if (!known) {
            whenNew.accept(log.log().name());
        }
    }

    /// In the order of the configuration, followed by logs added later.
    public List<LogStatus> states() {
        return watchers.stream().map(LogFollowerThread::state).toList();
    }

    /// Incidents of a log since the start.
    public long incidentsOf(String log) {
        return neverFed.broughtBy(log);
    }

    /// Incidents of an issuer that no feed of the CA has resolved yet.
    public long openIncidents(String issuer) {
        return neverFed.openOf(issuer);
    }

    /// Reloads the log lists and polls every log now, including those where following has stopped.
    /// Returns at once.
    public synchronized void retry() {
        if (!closed) {
            watchers.forEach(LogFollowerThread::retry);
            if (readingLists != null) {
                readingLists.wake();
            }
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        watchers.forEach(LogFollowerThread::stop);
        watchers.forEach(LogFollowerThread::close);
        for (BackgroundTasks.@Nullable Task task : Arrays.asList(looking, readingLists)) {
            if (task != null) {
                task.close();
            }
        }
    }
}
