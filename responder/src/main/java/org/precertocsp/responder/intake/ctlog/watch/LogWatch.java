package org.precertocsp.responder.intake.ctlog.watch;

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
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.ctlog.FollowLimits;
import org.precertocsp.responder.intake.ctlog.LogFollower;
import org.precertocsp.responder.intake.ctlog.LogIntake;
import org.precertocsp.responder.intake.ctlog.client.ClientLimits;
import org.precertocsp.responder.intake.ctlog.entry.OurIssuers;
import org.precertocsp.responder.intake.ctlog.watch.WatchConfig.Watched;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the configured logs, each on its own, and monitors the serials that they brought first,
/// until closed. Answering never waits for it.
public final class LogWatch implements AutoCloseable {
    /// Limits for a server: fewer pages at once than for a command, and fewer attempts, since the
    /// log is polled again anyway.
    public static final ClientLimits CLIENT =
            new ClientLimits(
                    2,
                    Duration.ofSeconds(30),
                    4,
                    Duration.ofMillis(500),
                    Duration.ofMinutes(1),
                    32 << 20);

    private static final Logger LOG = LoggerFactory.getLogger(LogWatch.class);
    private static final Duration CHECK_EVERY = Duration.ofSeconds(20);
    private static final Duration CHECK_AT_MOST = Duration.ofMillis(100);
    private static final Duration LISTS_EVERY = Duration.ofDays(1);

    /// The recipients of incidents.
    ///
    /// @param audit receives each incident before `alarm` does
    public record Outlets(AuditTrail audit, Alarm alarm) {}

    /// @param issuers whose serials are monitored
    public record Subjects(FedIssuer.Directory issuers, StatusStore store) {}

    private final WatchTools tools;
    private final NeverFed neverFed;
    // Replaced by the task below only; none is added after closing.
    private volatile List<LogWatcher> watchers;
    private boolean closed;
    private volatile Consumer<String> whenNew = _ -> {};
    private BackgroundTasks.@Nullable Task looking;
    private BackgroundTasks.@Nullable Task readingLists;

    private LogWatch(WatchTools tools, NeverFed neverFed) {
        this.tools = tools;
        this.neverFed = neverFed;
        this.watchers =
                tools.config().logs().stream().map(log -> LogWatcher.start(log, tools)).toList();
    }

    /// Follows the logs of a server. Runs until closed; returns at once.
    public static LogWatch start(
            BackgroundTasks tasks,
            WatchConfig config,
            LogIntake intake,
            Subjects subjects,
            Outlets outlets,
            InstantSource clock) {
        FollowLimits usual = FollowLimits.USUAL;
        LogFollower.Tools following =
                new LogFollower.Tools(
                        OurIssuers.of(subjects.issuers()),
                        intake,
                        new FollowLimits(
                                usual.entriesAtOnce(), usual.maxCandidates(), config.maxHeadAge()),
                        CLIENT.inFlight(),
                        clock);
        return start(tasks, config, following, subjects, outlets);
    }

    static LogWatch start(
            BackgroundTasks tasks,
            WatchConfig config,
            LogFollower.Tools following,
            Subjects subjects,
            Outlets outlets) {
        WatchTools tools = new WatchTools(tasks, config, following, CLIENT, outlets.alarm());
        NeverFed neverFed = new NeverFed(subjects, outlets, config.grace(), following.clock());
        LogWatch watch = new LogWatch(tools, neverFed);
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
        Set<Octets> listed =
                watchers.stream()
                        .filter(watcher -> watcher.watched().listed() && !watcher.isDropped())
                        .map(LogWatch::id)
                        .collect(Collectors.toSet());
        apply(ListChanges.read(tools.config().lists(), listed));
    }

    private void apply(ListChanges changes) {
        for (LogWatcher watcher : watchers) {
            Optional.ofNullable(changes.dropped().get(id(watcher))).ifPresent(watcher::drop);
        }
        for (Watched log : changes.picked().values()) {
            if (watchers.stream().noneMatch(other -> stands(other) && isSame(other, log))) {
                follow(log);
            }
        }
    }

    private static boolean stands(LogWatcher watcher) {
        return !watcher.isDropped();
    }

    private static boolean isSame(LogWatcher watcher, Watched log) {
        return id(watcher).equals(log.log().key().id()) || isCalled(watcher, log);
    }

    private static boolean isCalled(LogWatcher watcher, Watched log) {
        return watcher.state().log().equals(log.log().name());
    }

    private static Octets id(LogWatcher watcher) {
        return watcher.watched().log().key().id();
    }

    private synchronized void follow(Watched log) {
        if (closed) {
            return;
        }
        List<LogWatcher> all =
                watchers.stream()
                        .filter(other -> stands(other) || !isCalled(other, log))
                        .collect(Collectors.toCollection(ArrayList::new));
        if (all.size() >= WatchConfig.MAX_LOGS) {
            LOG.warn(
                    "log {} is not followed: {} logs are followed already",
                    log.log().name(),
                    WatchConfig.MAX_LOGS);
            return;
        }
        LOG.info("log {} is now followed because of its log list", log.log().name());
        boolean known = all.size() < watchers.size();
        all.add(LogWatcher.start(log, tools));
        watchers = List.copyOf(all);
        if (!known) {
            whenNew.accept(log.log().name());
        }
    }

    /// In the order of the configuration, followed by logs added later.
    public List<LogState> states() {
        return watchers.stream().map(LogWatcher::state).toList();
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
            watchers.forEach(LogWatcher::retry);
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
        watchers.forEach(LogWatcher::stop);
        watchers.forEach(LogWatcher::close);
        for (BackgroundTasks.@Nullable Task task : Arrays.asList(looking, readingLists)) {
            if (task != null) {
                task.close();
            }
        }
    }
}
