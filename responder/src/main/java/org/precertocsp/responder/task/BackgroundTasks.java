package org.precertocsp.responder.task;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts and supervises every background thread of the server. Thread-safe.
///
/// A task is a round that is run repeatedly on a platform thread of its own, with a rest between
/// two rounds, until the task is stopped. A round that throws, be it an exception or an `Error`,
/// never ends the task: the failure is logged with its cause, counted and reported to the
/// [Listener], which raises an alert, and the round is run again after a pause that doubles with
/// each failure up to a minute. The first round that succeeds is reported to the listener, too.
///
/// The invariant fails if a round never returns: nothing here interrupts it, but [State#busy] shows
/// it. A round with a loop of its own must not catch exceptions that it cannot handle.
public final class BackgroundTasks {
    /// Called on the thread of the task. Exceptions it throws are logged.
    public interface Listener {
        /// A round failed; called again for each failure.
        ///
        /// @param what a text for people: the failure, its cause, and when it is tried again
        void failed(String task, String what);

        /// A round succeeded after failures.
        void recovered(String task);
    }

    /// Work repeated with the same rest.
    @FunctionalInterface
    public interface Body {
        void run() throws Exception;
    }

    /// Work that returns how long to rest before its next round.
    @FunctionalInterface
    public interface Round {
        Duration run() throws Exception;
    }

    /// The state of a task at one moment.
    ///
    /// @param failures since its start
    /// @param failedInARow rounds since the last success; 0 if the last round succeeded
    /// @param problem of the last round; empty if it succeeded
    /// @param busy how long the current round has run; empty between rounds
    /// @param alive false if its thread ended though the task was not stopped
    /// @param required true if the server cannot work correctly while the task fails
    public record State(
            String name,
            long failures,
            int failedInARow,
            Optional<String> problem,
            Optional<Duration> busy,
            boolean alive,
            boolean required) {}

    /// Pauses after failures.
    ///
    /// @param first after one failure
    /// @param longest after many failures
    record Backoff(Duration first, Duration longest) {
        Duration after(int failures) {
            Duration pause = first.multipliedBy(1L << Math.min(failures - 1, 30));
            return pause.compareTo(longest) < 0 ? pause : longest;
        }
    }

    /// Failures in a row after which a required task makes the server not ready: a single failure
    /// may be over before a load balancer reacts.
    static final int KEEPS_FAILING = 3;

    private static final Backoff USUAL = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);
    private static final Duration CONDITION_PAUSE = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundTasks.class);

    private final Collection<Task> tasks;
    private final AtomicLong uncaught;
    private final Listener listener;
    private final Backoff backoff;
    private final boolean required;
    private final BooleanSupplier condition;

    public BackgroundTasks(Listener listener) {
        this(listener, USUAL);
    }

    BackgroundTasks(Listener listener, Backoff backoff) {
        this(new CopyOnWriteArrayList<>(), new AtomicLong(), listener, backoff, false, () -> true);
    }

    private BackgroundTasks(
            Collection<Task> tasks,
            AtomicLong uncaught,
            Listener listener,
            Backoff backoff,
            boolean required,
            BooleanSupplier condition) {
        this.tasks = tasks;
        this.uncaught = uncaught;
        this.listener = listener;
        this.backoff = backoff;
        this.required = required;
        this.condition = condition;
    }

    /// Tasks whose failures are only logged, for commands and tests.
    public static BackgroundTasks logged() {
        return new BackgroundTasks(
                new Listener() {
                    @Override
                    public void failed(String task, String what) {
                        // Logged already.
                    }

                    @Override
                    public void recovered(String task) {
                        // Logged already.
                    }
                });
    }

    /// The same tasks, but those started through the returned object are required: the server is
    /// not ready while one of them keeps failing or is dead.
    public BackgroundTasks required() {
        return new BackgroundTasks(tasks, uncaught, listener, backoff, true, condition);
    }

    /// The same tasks, but rounds of those started through the returned object only begin while
    /// `condition` holds; it is asked once a second.
    public BackgroundTasks onlyWhile(BooleanSupplier condition) {
        return new BackgroundTasks(tasks, uncaught, listener, backoff, required, condition);
    }

    /// Runs `body` at once and then again, until the task is closed.
    ///
    /// @param name name of the thread and subject of alerts; unique
    /// @param period from the end of a round to the next
    public Task every(String name, Duration period, Body body) {
        return every(name, Duration.ZERO, period, body);
    }

    /// As above.
    ///
    /// @param first pause before the first round
    public Task every(String name, Duration first, Duration period, Body body) {
        return start(
                name,
                first,
                () -> {
                    body.run();
                    return period;
                });
    }

    /// Runs `round` at once and then again after the rest it returns, until the task is closed.
    ///
    /// @param name name of the thread and subject of alerts; unique
    public Task thread(String name, Round round) {
        return start(name, Duration.ZERO, round);
    }

    private Task start(String name, Duration first, Round round) {
        Task task = new Task(this, name, first, round);
        tasks.add(task);
        task.thread.start();
        return task;
    }

    /// Every task that has not been stopped.
    public List<State> states() {
        return tasks.stream().map(Task::state).toList();
    }

    /// Number of exceptions that ended threads which no task supervises, such as those of pools.
    public long uncaught() {
        return uncaught.get();
    }

    /// Why the server cannot work correctly, or empty: a required task keeps failing or is dead.
    /// Never blocks.
    public Optional<String> problem() {
        return tasks.stream().map(Task::state).flatMap(it -> problem(it).stream()).findFirst();
    }

    private static Optional<String> problem(State task) {
        if (!task.required() || (task.alive() && task.failedInARow() < KEEPS_FAILING)) {
            return Optional.empty();
        }
        return Optional.of(
                task.alive()
                        ? "background task %s failed %d times in a row: %s"
                                .formatted(
                                        task.name(),
                                        task.failedInARow(),
                                        task.problem().orElse("unknown"))
                        : "background task %s has ended".formatted(task.name()));
    }

    /// Logs, counts and reports exceptions that end any other thread of this process, too.
    public void superviseOtherThreads() {
        Thread.setDefaultUncaughtExceptionHandler(this::uncaught);
    }

    private void uncaught(Thread thread, Throwable cause) {
        uncaught.incrementAndGet();
        LOG.error("thread {} ended with an exception", thread.getName(), cause);
        listener.failed(
                thread.getName(),
                "Thread %s ended with %s. Its work may be lost; the log has the cause."
                        .formatted(thread.getName(), cause));
    }

    /// Closes tasks of one owner, the last one first. All of them are stopped before one is waited
    /// for, so this takes as long as the longest of their rounds, and not as all together.
    public static void closeAll(List<Task> tasks) {
        tasks.forEach(Task::stop);
        tasks.reversed().forEach(Task::close);
    }

    /// One supervised thread. Closing it stops it without an interrupt, since that could close a
    /// file that the round writes.
    public static final class Task implements AutoCloseable {
        private final BackgroundTasks owner;
        private final String name;
        private final Duration first;
        private final Round round;
        private final Thread thread;
        private final Semaphore woken = new Semaphore(0);
        private final AtomicLong failures = new AtomicLong();
        private volatile int failedInARow;
        private volatile @Nullable String problem;
        // In units of System.nanoTime; 0 between rounds.
        private volatile long begun;
        private volatile boolean stopping;

        private Task(BackgroundTasks owner, String name, Duration first, Round round) {
            this.owner = owner;
            this.name = name;
            this.first = first;
            this.round = round;
            this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
        }

        private void run() {
            Duration rest = first;
            while (isOn(rest)) {
                rest = runOnce();
            }
        }

        /// Rests; false once the task is stopped.
        private boolean isOn(Duration rest) {
            if (!stopping && rest.isPositive()) {
                try {
                    boolean _ = woken.tryAcquire(rest.toNanos(), TimeUnit.NANOSECONDS);
                    woken.drainPermits();
                } catch (InterruptedException _) {
                    interrupted();
                }
            }
            return !stopping;
        }

        private void interrupted() {
            if (!stopping) {
                LOG.warn(
                        "background task {} was interrupted, though not stopped; it goes on", name);
            }
        }

        // An Error ends a thread as an exception does, so both are handled here.
        private Duration runOnce() {
            if (!owner.condition.getAsBoolean()) {
                rested();
                return CONDITION_PAUSE;
            }
            begun = Math.max(1, System.nanoTime());
            try {
                Duration rest = round.run();
                succeeded();
                return rest;
            } catch (InterruptedException _) {
                interrupted();
                return Duration.ZERO;
            } catch (Throwable e) {
                return failed(e);
            } finally {
                begun = 0;
            }
        }

        private void succeeded() {
            if (failedInARow > 0) {
                LOG.info("background task {} works again", name);
                recovered();
            }
        }

        /// Its condition does not hold: another server does this work, and what failed here last
        /// needs nobody.
        private void rested() {
            if (failedInARow > 0) {
                LOG.info("background task {} is not run here any more", name);
                recovered();
            }
        }

        private void recovered() {
            failedInARow = 0;
            problem = null;
            try {
                owner.listener.recovered(name);
            } catch (RuntimeException e) {
                LOG.error("the recovery of background task {} could not be reported", name, e);
            }
        }

        private Duration failed(Throwable cause) {
            failures.incrementAndGet();
            failedInARow = Math.min(failedInARow, Integer.MAX_VALUE - 1) + 1;
            Duration pause = owner.backoff.after(failedInARow);
            if (stopping) {
                LOG.warn("background task {} failed while it was stopped", name, cause);
                return pause;
            }
            try {
                problem = cause.toString();
                LOG.error(
                        "background task {} failed ({} in a row) and is tried again in {} s",
                        name,
                        failedInARow,
                        pause.toSeconds(),
                        cause);
                owner.listener.failed(
                        name,
                        "Background task %s failed %d times in a row, the last time with: %s. It is tried"
                                        .formatted(name, failedInARow, cause)
                                + " again; the alert ends when it works. The log has the cause.");
            } catch (Throwable e) {
                // Memory may be short: the task must continue in any case.
                problem = "a failure that could not be reported";
                e.addSuppressed(cause);
                report(e);
            }
            return pause;
        }

        private void report(Throwable cause) {
            try {
                LOG.error("the failure of background task {} could not be reported", name, cause);
            } catch (Throwable _) {
                // The failure is counted, at least.
            }
        }

        /// Starts the next round now, or once the current one ends.
        public void wake() {
            woken.release();
        }

        /// No further round starts. Returns at once.
        public void stop() {
            stopping = true;
            owner.tasks.remove(this);
            woken.release();
        }

        /// Stops, and interrupts the current round. Returns at once.
        public void stopNow() {
            stop();
            thread.interrupt();
        }

        /// Waits for the current round after [#stop].
        ///
        /// @return false if it has not ended by then, or the caller was interrupted, in which case
        ///   its interrupt flag is set
        public boolean join(Duration limit) {
            if (Thread.currentThread().equals(thread)) {
                return true;
            }
            try {
                return thread.join(limit);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        /// Stops, and waits some seconds for the current round.
        @Override
        public void close() {
            stop();
            if (!join(CLOSE_WAIT)) {
                LOG.warn("background task {} is still busy and is left alone", name);
            }
        }

        /// True until it is stopped, even if its rounds fail.
        public boolean isRunning() {
            return !stopping && thread.isAlive();
        }

        public State state() {
            long since = begun;
            return new State(
                    name,
                    failures.get(),
                    failedInARow,
                    Optional.ofNullable(problem),
                    since == 0
                            ? Optional.empty()
                            : Optional.of(Duration.ofNanos(System.nanoTime() - since)),
                    stopping || thread.getState() != Thread.State.TERMINATED,
                    owner.required);
        }
    }
}
