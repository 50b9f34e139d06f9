package org.precertocsp.responder.ctlog;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.audit.AuditException;
import org.precertocsp.responder.ctlog.LogStatus.Phase;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.status.CtLogPosition;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows one log on a thread of its own, until closed. Its failures affect no other log.
///
/// Nothing unproven takes effect, so after a single wrong response, which may come from a proxy or
/// a cache, the request is only repeated. If the log stays wrong, following stops until an operator
/// starts it again, by SIGHUP or a restart; the position in the store then reveals a fork again.
///
/// The thread is never interrupted, since that could close a file that another part of the program
/// writes to. Closing aborts requests and pauses instead.
final class LogFollowerThread implements AutoCloseable {
    /// Attempts that must fail in a row, each after the poll interval.
    static final int CONFIRMATIONS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(LogFollowerThread.class);
    private static final Duration LONGEST_REST = Duration.ofMinutes(10);
    private static final Duration LONGEST_ASKED_FOR = Duration.ofDays(1);
    private static final Duration FOR_EVER = Duration.ofDays(365);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final CtLogConfig.Watched watched;
    private final LogMonitorContext tools;
    private final LogHttpClient http;
    private BackgroundTasks.@Nullable Task task;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile LogStatus state;

    // Used by the thread alone.
    private @Nullable LogFollower follower;
    private @Nullable FollowedLog log;
    private Instant answered;
    private int failures;
    private int doubts;
    private final Set<Incident.Kind> raised = EnumSet.noneOf(Incident.Kind.class);

    private LogFollowerThread(CtLogConfig.Watched watched, LogMonitorContext tools) {
        this.watched = watched;
        this.tools = tools;
        this.state = LogStatus.starting(name());
        this.answered = tools.clock().instant();
        this.http =
                new LogHttpClient(
                        tools.client(), tools.clock(), this::pause, LogMonitorContext.AGENT);
    }

    static LogFollowerThread start(CtLogConfig.Watched watched, LogMonitorContext tools) {
        LogFollowerThread watcher = new LogFollowerThread(watched, tools);
        tools.alarm().end(Incident.Kind.LOG_DROPPED, watcher.name());
        watcher.task = tools.tasks().thread("log " + watcher.name(), watcher::follow);
        return watcher;
    }

    LogStatus state() {
        return state;
    }

    /// Polls the log now, even if following has stopped.
    void retry() {
        if (task != null) {
            task.wake();
        }
    }

    private String name() {
        return watched.log().name();
    }

    private void pause(Duration duration) throws InterruptedException {
        if (closing.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new InterruptedException("the server is stopping");
        }
    }

    /// Reads the log's new entries once.
    ///
    /// @return how long to wait before the next time
    private Duration follow() throws InterruptedException {
        try {
            return succeeded(catchUp());
        } catch (LogIntegrityException e) {
            return violated(e);
        } catch (LogUnavailableException e) {
            return unanswered(e);
        } catch (InvalidStartEntryException e) {
            return failed(String.valueOf(e.getMessage()));
        } catch (StoreException e) {
            return failed("the store failed: " + e.getMessage());
        } catch (AuditException e) {
            return failed("the audit log failed: " + e.getMessage());
        } catch (RuntimeException e) {
            Duration _ = failed(e.toString());
            throw e;
        }
    }

    private LogFollower.Look catchUp()
            throws LogIntegrityException,
                    LogUnavailableException,
                    InvalidStartEntryException,
                    InterruptedException {
        if (follower == null || log == null) {
            log = watched.log().open(http);
            follower = new LogFollower(log, tools.following());
        }
        Optional<CtLogPosition> before = tools.following().intake().reached(log);
        LogStatus.Reading start = state.reading();
        long place = before.map(CtLogPosition::size).orElse(watched.from().orElse(0));
        try {
            return follower.catchUp(
                    before.isPresent() ? OptionalLong.empty() : watched.from(),
                    new Progress(start.entries(), place));
        } finally {
            report(follower.summary(Optional.empty()));
        }
    }

    private final class Progress implements FollowerProgress {
        private final long entries;
        private final long start;

        Progress(long entries, long start) {
            this.entries = entries;
            this.start = start;
            LogStatus.Reading now = state.reading();
            state = state.with(new LogStatus.Reading(entries, start, now.headSize(), now.headAt()));
        }

        @Override
        public void at(long done, long all) {
            LogStatus.Reading now = state.reading();
            LogStatus.Reading next =
                    new LogStatus.Reading(entries + done, now.place(), start + all, now.headAt());
            state = state.in(Phase.CATCHING_UP).with(next);
        }

        @Override
        public void stored(CtLogPosition place) {
            LogStatus.Reading now = state.reading();
            state =
                    state.with(
                            new LogStatus.Reading(
                                    now.entries(),
                                    place.size(),
                                    Math.max(now.headSize(), place.size()),
                                    Optional.of(place.timestamp())));
        }
    }

    private void report(LoadSummary summary) {
        for (LoadSummary.Report report : summary.reports()) {
            LOG.warn("log {}, {}: {}", name(), report.place(), report.reason());
        }
    }

    private Duration succeeded(LogFollower.Look look) {
        failures = 0;
        doubts = 0;
        Instant now = tools.clock().instant();
        if (look.older()) {
            // An outdated mirror will catch up; only one that stays behind is reported.
            if (isSilent(now)) {
                silent("has answered with heads older than the position read before", now);
            }
            state = state.in(Phase.FOLLOWING);
            return tools.config().poll();
        }
        answered = now;
        if (!raised.isEmpty()) {
            LOG.info("log {} is followed again", name());
            raised.clear();
        }
        tools.alarm().end(Incident.Kind.LOG_SILENT, name());
        tools.alarm().end(Incident.Kind.LOG_UNTRUSTED, name());
        LogStatus.Reading reading = state.reading();
        state =
                state.in(Phase.FOLLOWING)
                        .with(
                                new LogStatus.Reading(
                                        reading.entries(),
                                        reading.place(),
                                        look.head().size(),
                                        Optional.of(look.head().timestamp())));
        return tools.config().poll();
    }

    private Duration violated(LogIntegrityException alert) {
        failures = 0;
        String what = alert.kind() + ": " + alert.getMessage();
        if (alert.kind() == LogIntegrityException.Kind.STALE) {
            // Mirrors catch up, and logs are repaired: this raises an alert but does not stop
            // following.
            if (!raised.contains(Incident.Kind.LOG_UNTRUSTED)) {
                raise(
                        Incident.Kind.LOG_UNTRUSTED,
                        what
                                + ". Nothing is read from it until it has a newer head; if the log"
                                + " was retired, remove it from watch.logs");
            }
            state = state.in(Phase.STALE, what);
            return tools.config().poll();
        }
        doubts++;
        if (doubts < CONFIRMATIONS) {
            String doubt = what + " (attempt %d of %d)".formatted(doubts, CONFIRMATIONS);
            LOG.warn("log {} will be read again: {}", name(), doubt);
            state = state.in(Phase.DOUBTED, doubt);
            return tools.config().poll();
        }
        doubts = 0;
        raise(
                Incident.Kind.LOG_UNTRUSTED,
                what
                        + ". Following has stopped, and nothing unproven took effect. Keep this"
                        + " message, which is needed to report the log. SIGHUP or a restart tries"
                        + " the log again");
        state = state.in(Phase.STOPPED, what);
        return FOR_EVER;
    }

    private Duration unanswered(LogUnavailableException failure) {
        String what = String.valueOf(failure.getMessage());
        reportProblem(Phase.SILENT, what);
        if (state.reading().headAt().isEmpty()) {
            // Its API may have been detected wrongly while it was failing.
            follower = null;
        }
        Instant now = tools.clock().instant();
        if (isSilent(now)) {
            silent("does not answer: " + what, now);
        }
        Duration rest = rest();
        Duration asked = failure.retryAfter().orElse(Duration.ZERO);
        return shorter(asked.compareTo(rest) > 0 ? asked : rest, LONGEST_ASKED_FOR);
    }

    private Duration failed(String what) {
        reportProblem(Phase.FAILING, what);
        return rest();
    }

    /// Logs a lasting problem once.
    private void reportProblem(Phase phase, String what) {
        if (state.phase() != phase && closing.getCount() > 0) {
            LOG.warn("log {} will be tried again later: {}", name(), what);
        }
        state = state.in(phase, what);
    }

    private boolean isSilent(Instant now) {
        return !raised.contains(Incident.Kind.LOG_SILENT)
                && !now.isBefore(answered.plus(tools.config().silentAfter()));
    }

    private void silent(String what, Instant now) {
        long minutes = Duration.between(answered, now).toMinutes();
        raise(
                Incident.Kind.LOG_SILENT,
                "%s, for %d minutes: its precertificates are not read meanwhile"
                        .formatted(what, minutes));
    }

    private void raise(Incident.Kind kind, String what) {
        raised.add(kind);
        tools.alarm().raise(new Incident(kind, name(), what));
    }

    /// The pause, longer after each failure.
    private Duration rest() {
        Duration poll = tools.config().poll();
        Duration longer = poll.multipliedBy(1L << Math.min(failures++, 10));
        return shorter(longer, poll.compareTo(LONGEST_REST) > 0 ? poll : LONGEST_REST);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /// Ends following because of the log list; blocks as [#close].
    void drop(String why) {
        close();
        tools.alarm().end(Incident.Kind.LOG_SILENT, name());
        raise(
                Incident.Kind.LOG_DROPPED,
                why
                        + ". It is no longer followed; the serials that it brought stay. Add it to"
                        + " watch.logs to follow it nevertheless");
        state = state.in(Phase.STOPPED, why);
    }

    boolean isDropped() {
        return closing.getCount() == 0;
    }

    CtLogConfig.Watched watched() {
        return watched;
    }

    /// Stops the thread soon; [#close] waits for it.
    void stop() {
        if (task != null) {
            task.stop();
        }
        closing.countDown();
        http.stop();
    }

    @Override
    public void close() {
        stop();
        if (task != null && !task.join(PATIENCE)) {
            LOG.warn("log {} is still being stored; closing does not wait for it", name());
        }
        http.close();
    }
}
