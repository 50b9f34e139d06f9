package org.precertocsp.responder.renewal;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.answer.RenewalDeadline;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.answer.UntrustedClockException;
import org.precertocsp.signer.SignerUnavailableException;
import org.precertocsp.signer.SignerUnavailableException.Cause;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Renews one issuer's responses in batches. An issuer whose key fails delays no other.
final class IssuerRenewalWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IssuerRenewalWorker.class);

    /// Renewals written as one batch.
    private static final int BATCH = 256;

    /// While clients are served: less than a millisecond of a fast key.
    private static final int SMALL_BATCH = 32;

    /// Interval for polling the queue.
    private static final Duration POLL_EVERY = Duration.ofMillis(250);

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration LOG_EVERY = Duration.ofMinutes(10);

    /// Delay after a deadline before it is reported.
    private static final Duration GRACE = Duration.ofSeconds(30);

    /// Without progress for longer, the worker counts as blocked.
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(1);

    private static final Duration FORECAST_EVERY = Duration.ofSeconds(1);

    /// The forecast takes at most one thousandth of the thread's time.
    private static final int FORECAST_SHARE = 1_000;

    private final RenewalIssuer renewed;
    private final RenewalQueue store;
    private final SigningPool pool;
    private final LoadThrottle pace;
    private final InstantSource clock;
    private final AtomicLong signed = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final LongSupplier nanos;
    private volatile Overdue lastPoll;
    private volatile long progressDueBy;
    private volatile boolean backlog;
    private volatile Duration pause = Duration.ZERO;
    private volatile Optional<RenewalForecast> ahead = Optional.empty();

    /// Whether more revocations are due than one batch has.
    private boolean urgent;

    private Instant nextForecast = Instant.MIN;
    private long lastLogged;

    /// The overdue renewals at the last poll. Read from outside, they get later while the worker is
    /// blocked.
    ///
    /// @param planned time of the most overdue renewal
    /// @param deadline the earliest of those due
    /// @param at time of the poll, also given by `nanos`
    private record Overdue(
            Optional<Instant> planned, Optional<Instant> deadline, Instant at, long nanos) {
        static Overdue none(Instant at, long nanos) {
            return new Overdue(Optional.empty(), Optional.empty(), at, nanos);
        }

        Duration lag(long nanosNow) {
            return late(planned, nanosNow);
        }

        Duration beyondDeadline(long nanosNow) {
            return late(deadline, nanosNow);
        }

        private Duration late(Optional<Instant> due, long nanosNow) {
            Instant now = at.plusNanos(Math.max(0, nanosNow - nanos));
            return due.map(it -> Duration.between(it, now))
                    .filter(Duration::isPositive)
                    .orElse(Duration.ZERO);
        }
    }

    /// @param nanos a monotonic clock
    IssuerRenewalWorker(
            RenewalIssuer renewed,
            RenewalQueue store,
            RenewalSigner work,
            LoadThrottle pace,
            InstantSource clock,
            LongSupplier nanos) {
        this.renewed = renewed;
        this.store = store;
        this.pool = new SigningPool(work, renewed.name(), renewed.parallel() - 1);
        this.pace = pace;
        this.clock = clock;
        this.nanos = nanos;
        this.lastPoll = Overdue.none(Instant.EPOCH, nanos.getAsLong());
        this.progressDueBy = nanos.getAsLong() + LONGEST_SILENCE.toNanos();
        this.lastLogged = System.nanoTime() - LOG_EVERY.toNanos();
    }

    /// Processes one batch of due renewals. Returns how long to wait before the next.
    Duration step() throws InterruptedException {
        Duration rest = doStep();
        progressDueBy = nanos.getAsLong() + rest.plus(LONGEST_SILENCE).toNanos();
        return rest;
    }

    private void progressed() {
        progressDueBy = nanos.getAsLong() + LONGEST_SILENCE.toNanos();
    }

    private Duration doStep() throws InterruptedException {
        long start = System.nanoTime();
        progressed();
        try {
            Instant now = clock.instant();
            boolean yields = pace.isBusy() && !urgent;
            int limit = yields ? SMALL_BATCH : BATCH;
            List<DueRenewal> due = store.due(renewed.issuer().key(), now, limit);
            record(due, limit, now);
            updateForecast(now);
            SigningPool.Outcome outcome = pool.settle(due, threads(), this::progressed);
            store.settle(renewed.issuer().key(), outcome.settled());
            signed.addAndGet(outcome.settled().stream().mapToInt(it -> it.renewed().size()).sum());
            if (outcome.failure().isPresent()) {
                return failed(outcome.failure().get());
            }
            pause = Duration.ZERO;
            if (outcome.settled().size() == due.size() && !backlog) {
                lastPoll = Overdue.none(now, nanos.getAsLong());
            }
            Duration work = Duration.ofNanos(System.nanoTime() - start);
            Duration rest = pace.restAfter(withoutChanged(work, outcome.settled()));
            return due.isEmpty() ? POLL_EVERY : rest;
        } catch (RuntimeException e) {
            // The loop must survive failures of store and clock.
            return failed(e);
        }
    }

    /// While clients are served, one; for revocations half of the threads, so that clients keep the
    /// other processors.
    private int threads() {
        if (!pace.isBusy()) {
            return renewed.parallel();
        }
        return urgent ? Math.max(1, renewed.parallel() / 2) : 1;
    }

    /// The share of the work that yields to clients: revocations come before them.
    private static Duration withoutChanged(Duration work, List<RenewalResult> settled) {
        long others =
                settled.stream().filter(it -> it.due().why() != DueRenewal.Why.CHANGED).count();
        return settled.isEmpty() ? work : work.multipliedBy(others).dividedBy(settled.size());
    }

    private void record(List<DueRenewal> due, int limit, Instant now) {
        backlog = due.size() >= limit;
        urgent = backlog && due.getFirst().why() == DueRenewal.Why.CHANGED;
        List<StoredResponse> planned =
                due.stream()
                        .filter(it -> it.why() == DueRenewal.Why.PLANNED)
                        .flatMap(it -> it.kept().stream().limit(1))
                        .toList();
        lastPoll =
                new Overdue(
                        planned.stream()
                                .map(it -> RenewalPlan.of(it.key(), it.window()))
                                .min(Instant::compareTo),
                        planned.stream()
                                .map(it -> RenewalDeadline.of(it.window()))
                                .min(Instant::compareTo),
                        now,
                        nanos.getAsLong());
    }

    /// Here rather than on request, so that reading the console costs no store access.
    private void updateForecast(Instant now) {
        if (now.isBefore(nextForecast)) {
            return;
        }
        long start = System.nanoTime();
        List<Instant> planned =
                store.planned(renewed.issuer().key(), now, RenewalForecast.MAX_COUNTED);
        ahead = Optional.of(RenewalForecast.of(now, planned));
        Duration rest = Duration.ofNanos(System.nanoTime() - start).multipliedBy(FORECAST_SHARE);
        nextForecast = now.plus(rest.compareTo(FORECAST_EVERY) < 0 ? FORECAST_EVERY : rest);
    }

    /// Everything stays due. A busy key is tried again soon, a failing one at increasing intervals.
    private Duration failed(Exception failure) {
        failures.incrementAndGet();
        if (isBusy(failure)) {
            return POLL_EVERY;
        }
        Duration longer = pause.isZero() ? SHORTEST_PAUSE : pause.multipliedBy(2);
        pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
        logFailure(failure);
        return pause;
    }

    private static boolean isBusy(Exception failure) {
        return failure instanceof SignerUnavailableException e
                && (e.reason() == Cause.QUEUE_FULL || e.reason() == Cause.DEADLINE);
    }

    private void logFailure(Exception failure) {
        if (System.nanoTime() - lastLogged < LOG_EVERY.toNanos()) {
            return;
        }
        lastLogged = System.nanoTime();
        if (failure instanceof SignerUnavailableException
                || failure instanceof UntrustedClockException) {
            LOG.warn(
                    "responses of {} cannot be renewed: {}; trying again",
                    renewed.name(),
                    failure.getMessage());
        } else {
            LOG.error("responses of {} cannot be renewed; trying again", renewed.name(), failure);
        }
    }

    RenewalState state() {
        return new RenewalState(
                renewed.name(),
                lastPoll.lag(nanos.getAsLong()),
                overdue(),
                backlog,
                signed.get(),
                failures.get(),
                !pause.isZero(),
                ahead);
    }

    private Optional<String> overdue() {
        long now = nanos.getAsLong();
        Duration late = lastPoll.beyondDeadline(now);
        if (late.compareTo(GRACE) > 0) {
            return Optional.of(
                    "stored responses passed their renewal deadline %s ago"
                            .formatted(late.truncatedTo(ChronoUnit.SECONDS)));
        }
        return now - progressDueBy > 0
                ? Optional.of("the renewal worker has made no progress for over a minute")
                : Optional.empty();
    }

    @Override
    public void close() {
        pool.close();
    }

    /// Processes due renewals on several platform threads, including the caller's.
    static final class SigningPool implements AutoCloseable {
        /// @param settled the results in time
        /// @param failure the reason why the others were not processed
        record Outcome(List<RenewalResult> settled, Optional<Exception> failure) {}

        private static final long IDLE_SECONDS = 10;
        private static final Duration LONGEST = Duration.ofSeconds(2);

        /// Signed in a millisecond by a fast key.
        private static final int MOST_READ = 32;

        private final RenewalSigner work;
        private final ExecutorService others;

        /// @param size maximum number of threads besides the caller's
        SigningPool(RenewalSigner work, String name, int size) {
            this.work = work;
            ThreadPoolExecutor pool =
                    new ThreadPoolExecutor(
                            Math.max(1, size),
                            Math.max(1, size),
                            IDLE_SECONDS,
                            TimeUnit.SECONDS,
                            new LinkedBlockingQueue<>(),
                            Thread.ofPlatform()
                                    .daemon()
                                    .name("renewal-" + name + "-", 1)
                                    .factory());
            pool.allowCoreThreadTimeOut(true);
            this.others = pool;
        }

        /// Stops at the first failure, and after some time, so that the signatures of a slow key
        /// are written soon; renewals in progress are completed.
        ///
        /// @param threads including the caller's
        /// @param progress called for each result
        Outcome settle(List<DueRenewal> due, int threads, Runnable progress)
                throws InterruptedException {
            Share share = new Share(work, due, threads, progress);
            List<Future<?>> helpers = new ArrayList<>();
            for (int i = 1; i < Math.min(threads, due.size()); i++) {
                helpers.add(others.submit(share));
            }
            share.run();
            for (Future<?> helper : helpers) {
                awaitEnd(helper);
            }
            return new Outcome(
                    List.copyOf(share.settled), Optional.ofNullable(share.failure.get()));
        }

        private static void awaitEnd(Future<?> helper) throws InterruptedException {
            try {
                helper.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("unexpected exception in a signing thread", e);
            }
        }

        @Override
        public void close() {
            others.shutdownNow();
        }

        /// The due renewals, from which all threads take until none is left.
        private static final class Share implements Runnable {
            private final RenewalSigner work;
            private final List<DueRenewal> due;
            private final AtomicInteger next = new AtomicInteger();
            private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
            private final List<RenewalResult> settled =
                    Collections.synchronizedList(new ArrayList<>());

            private final Runnable progress;

            // As many statuses are read together.
            private final int part;
            private final long end = System.nanoTime() + LONGEST.toNanos();

            Share(RenewalSigner work, List<DueRenewal> due, int threads, Runnable progress) {
                this.work = work;
                this.due = due;
                this.part = Math.clamp(due.size() / threads, 1, MOST_READ);
                this.progress = progress;
            }

            @Override
            public void run() {
                int from = next.getAndAdd(part);
                while (from < due.size()) {
                    settle(from, due.subList(from, Math.min(due.size(), from + part)));
                    from = next.getAndAdd(part);
                }
            }

            private void settle(int from, List<DueRenewal> some) {
                if (!goesOn(from)) {
                    return;
                }
                try {
                    List<Optional<RenewalSigner.KnownStatus>> known = work.known(some);
                    for (int i = 0; i < some.size() && goesOn(from + i); i++) {
                        settled.add(work.settle(some.get(i), known.get(i)));
                        progress.run();
                    }
                } catch (SignerUnavailableException | RuntimeException e) {
                    failure.compareAndSet(null, e);
                }
            }

            private boolean goesOn(int index) {
                return failure.get() == null && isInTime(index);
            }

            /// The first is always processed.
            private boolean isInTime(int index) {
                return index == 0 || System.nanoTime() - end < 0;
            }
        }
    }
}
