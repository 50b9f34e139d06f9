package org.precertocsp.responder.intake.ctlog.watch;

import java.time.Duration;
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
import org.precertocsp.responder.intake.ctlog.LogFollower;
import org.precertocsp.responder.intake.ctlog.client.ClientLimits;
import org.precertocsp.responder.intake.ctlog.watch.WatchConfig.Watched;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.task.BackgroundTasks;
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
    private static final Duration LISTS_EVERY = Duration.ofDays(1);

    /// Where incidents go.
    ///
    /// @param audit hears of each before the alarm does
    public record Outlets(AuditTrail audit, Alarm alarm) {}

    /// @param issuers whose serials are looked after
    public record Subjects(FedIssuer.Directory issuers, StatusStore store) {}

    private final WatchTools tools;
    private final NeverFed neverFed;
    // Replaced by the thread below alone; none is added once this closes.
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

    /// Runs until closed; returns at once.
    public static LogWatch start(
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
                        config.grace().toMillis(), LOOK_AT_MOST.toMillis(), LOOK_EVERY.toMillis());
        // Where a look fails nothing is settled, so the next one comes to it again.
        watch.looking = tasks.every("never-fed", Duration.ofMillis(every), neverFed::look);
        watch.readingLists = tasks.every("log-lists", LISTS_EVERY, LISTS_EVERY, watch::readLists);
        return watch;
    }

    /// Tells of every log that is followed, those of now and those that a log list adds later.
    ///
    /// @param each called by another thread for the later ones
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
                    "log {} is not followed: there are {} already",
                    log.log().name(),
                    WatchConfig.MAX_LOGS);
            return;
        }
        LOG.info("log {} is followed from now on, as its log list wants", log.log().name());
        boolean known = all.size() < watchers.size();
        all.add(LogWatcher.start(log, tools));
        watchers = List.copyOf(all);
        if (!known) {
            whenNew.accept(log.log().name());
        }
    }

    /// In the order of the configuration, logs added later behind.
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

    /// Has the log lists read again, and every log looked at now, also those where following has
    /// stopped. Returns at once.
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
