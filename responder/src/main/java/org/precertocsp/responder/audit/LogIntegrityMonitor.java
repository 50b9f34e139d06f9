package org.precertocsp.responder.audit;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.task.BackgroundTasks;

/// Checks the logs of a running server (LG-06). Thread-safe.
///
/// The frequent check verifies new records and hashes the files of all others, up to
/// [#RECHECK_BYTES] of each log; of a larger log it hashes the files that look changed, and the
/// rest in turns. A gigabyte takes a second or two of one processor, every five minutes. So the
/// next check finds a change anywhere; in a log beyond that size, a change that leaves a file's
/// inode as it was is found by a later one. At longer intervals everything is verified from the
/// beginning without cached state, which detects tampering with this process's own view of the
/// files.
public final class LogIntegrityMonitor implements AutoCloseable {
    /// Bytes of unchanged files that one check hashes, for each log.
    static final long RECHECK_BYTES = 1L << 30;

    // Delayed so that the start is not slowed down, but short, since operators look at the console
    // after a start.
    private static final Duration AFTER_START = Duration.ofSeconds(3);

    /// @param fresh interval between checks
    /// @param whole interval between those that verify everything from the beginning
    public record Plan(Duration fresh, Duration whole) {}

    /// The result of the last checks.
    ///
    /// @param checked when the last one ended; empty before the first
    /// @param problems empty if all records are as written
    public record State(Optional<Instant> checked, List<LogProblem> problems) {}

    private final List<AuditLog> logs;
    private final Optional<CheckpointKeyFile> key;
    private final Plan plan;
    private final Alarm alarm;
    private final InstantSource clock;
    private BackgroundTasks.@Nullable Task task;
    private final Map<AuditLog, LogVerifier> verifiers = new HashMap<>();
    private final Map<AuditLog, Long> withdrawals = new HashMap<>();
    private Instant lastWhole = Instant.MIN;
    private Map<Incident.Kind, Set<String>> raised = Map.of();
    private volatile State state = new State(Optional.empty(), List.of());

    private LogIntegrityMonitor(
            List<AuditLog> logs,
            Optional<CheckpointKeyFile> key,
            Plan plan,
            Alarm alarm,
            InstantSource clock) {
        this.logs = List.copyOf(logs);
        this.key = key;
        this.plan = plan;
        this.alarm = alarm;
        this.clock = clock;
    }

    /// Checks everything after the start, and then at the planned intervals.
    ///
    /// @param key the logs' key, if its file is in their directory
    public static LogIntegrityMonitor start(
            BackgroundTasks tasks,
            List<AuditLog> logs,
            Optional<CheckpointKeyFile> key,
            Plan plan,
            Alarm alarm,
            InstantSource clock) {
        LogIntegrityMonitor monitor = new LogIntegrityMonitor(logs, key, plan, alarm, clock);
        Duration first = AFTER_START.compareTo(plan.fresh()) < 0 ? AFTER_START : plan.fresh();
        monitor.task =
                tasks.every(
                        "audit-check",
                        first,
                        plan.fresh(),
                        () -> {
                            LowPriorityThreads.yieldToOthers();
                            monitor.checkDue();
                        });
        return monitor;
    }

    /// Checks only when called.
    static LogIntegrityMonitor unscheduled(
            List<AuditLog> logs, Plan plan, Alarm alarm, InstantSource clock) {
        return new LogIntegrityMonitor(logs, Optional.empty(), plan, alarm, clock);
    }

    /// Performs the check that is due: of everything if the last such check is as long ago as
    /// planned.
    public synchronized void checkDue() {
        Instant now = clock.instant();
        if (!lastWhole.plus(plan.whole()).isAfter(now)) {
            verifiers.clear();
            lastWhole = now;
        }
        List<LogProblem> problems = new ArrayList<>();
        for (AuditLog log : logs) {
            problems.addAll(check(log));
        }
        key.ifPresent(it -> problems.addAll(it.problems(verifiers())));
        Map<Incident.Kind, Set<String>> found = new EnumMap<>(Incident.Kind.class);
        problems.forEach(problem -> raise(problem, found));
        // Only alerts that these checks raised: the alert of a newly started log stays until a
        // person has acknowledged it.
        raised.forEach(
                (kind, logs) ->
                        logs.stream()
                                .filter(log -> !found.getOrDefault(kind, Set.of()).contains(log))
                                .forEach(log -> alarm.end(kind, log)));
        raised = found;
        state = new State(Optional.of(clock.instant()), List.copyOf(problems));
    }

    private List<CheckpointVerifier> verifiers() {
        return logs.stream().map(AuditLog::head).map(AuditTreeHead::verifier).toList();
    }

    private static LogVerifier verifier(AuditLog log) {
        CheckpointVerifier key = log.head().verifier();
        SegmentHashes rechecks =
                new SegmentHashes(key.name(), RECHECK_BYTES, SegmentHashes.Stamps.OF_INODES);
        return new LogVerifier(log.folder(), key, true, rechecks);
    }

    private List<LogProblem> check(AuditLog log) {
        // The verifier may have read records that were withdrawn since.
        long before = log.withdrawals();
        if (!Objects.equals(withdrawals.put(log, before), before)) {
            verifiers.remove(log);
        }
        AuditTreeHead head = log.head();
        LogVerifier verifier = verifiers.computeIfAbsent(log, LogIntegrityMonitor::verifier);
        // Acknowledgements are in the event log, which is the first.
        verifier.acknowledgedIn(verifiers.getOrDefault(logs.getFirst(), verifier));
        try {
            KnownTreeHead known = new KnownTreeHead("the running server", head.size(), head.root());
            List<LogProblem> problems =
                    new ArrayList<>(verifier.verify(List.of(known), _ -> {}).problems());
            // The clock has an alert of its own.
            problems.removeIf(it -> it.where().equals(LogProblem.CLOCK));
            log.besides()
                    .forEach(
                            (where, what) ->
                                    problems.add(
                                            new LogProblem(
                                                    head.verifier().name(), where, what, false)));
            if (log.withdrawals() != before) {
                // The log was repaired during the check: it is checked again later.
                return List.of();
            }
            if (problems.stream().anyMatch(it -> !it.where().equals(LogProblem.BEGINNING))) {
                // The verifier stopped at the problem, so the next check starts anew.
                verifiers.remove(log);
            }
            return problems;
        } catch (IOException e) {
            verifiers.remove(log);
            return List.of(
                    new LogProblem(
                            head.verifier().name(),
                            log.folder().toString(),
                            "cannot be read: " + e,
                            false));
        }
    }

    private void raise(LogProblem problem, Map<Incident.Kind, Set<String>> found) {
        String what =
                "%s: %s. Keep the directory as it is, find out who had access, and compare with: "
                                .formatted(problem.where(), problem.what())
                        + "precert-ocsp audit verify";
        alarm.raise(new Incident(Incident.Kind.AUDIT_TAMPERED, problem.log(), what));
        found.computeIfAbsent(Incident.Kind.AUDIT_TAMPERED, _ -> new HashSet<>())
                .add(problem.log());
        if (problem.lost()) {
            alarm.raise(new Incident(Incident.Kind.RETENTION, problem.log(), what));
            found.computeIfAbsent(Incident.Kind.RETENTION, _ -> new HashSet<>()).add(problem.log());
        }
    }

    /// For metrics and the console.
    public State state() {
        return state;
    }

    @Override
    public void close() {
        // A check reads and may take long, so closing does not wait for it.
        if (task != null) {
            task.stopNow();
        }
    }
}
