package org.precertocsp.responder.freshness;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.precertocsp.responder.answer.ClockFailure;
import org.precertocsp.responder.answer.KeptResponse;
import org.precertocsp.responder.answer.RenewalDeadline;
import org.precertocsp.signer.SignerUnavailable.Cause;
import org.precertocsp.signer.SignerUnavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Renews one issuer's responses in batches. An issuer whose key fails delays no other.
final class IssuerRenewal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IssuerRenewal.class);

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

    private final RenewedIssuer renewed;
    private final RenewalStore store;
    private final Crew crew;
    private final Pace pace;
    private final InstantSource clock;
    private final AtomicLong signed = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final LongSupplier nanos;
    private volatile Overdue lastPoll;
    private volatile long progressDueBy;
    private volatile boolean backlog;
    private volatile Duration pause = Duration.ZERO;
    private volatile Optional<RenewalHorizon> ahead = Optional.empty();
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
    IssuerRenewal(
            RenewedIssuer renewed,
            RenewalStore store,
            RenewalWork work,
            Pace pace,
            InstantSource clock,
            LongSupplier nanos) {
        this.renewed = renewed;
        this.store = store;
        this.crew = new Crew(work, renewed.name(), renewed.parallel() - 1);
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
            int limit = pace.isBusy() ? SMALL_BATCH : BATCH;
            List<DueRenewal> due = store.due(renewed.issuer().key(), now, limit);
            record(due, limit, now);
            updateForecast(now);
            Crew.Outcome outcome =
                    crew.settle(due, pace.isBusy() ? 1 : renewed.parallel(), this::progressed);
            store.settle(renewed.issuer().key(), outcome.settled());
            signed.addAndGet(outcome.settled().stream().mapToInt(it -> it.renewed().size()).sum());
            if (outcome.failure().isPresent()) {
                return failed(outcome.failure().get());
            }
            pause = Duration.ZERO;
            if (outcome.settled().size() == due.size() && !backlog) {
                lastPoll = Overdue.none(now, nanos.getAsLong());
            }
            Duration rest = pace.restAfter(Duration.ofNanos(System.nanoTime() - start));
            return due.isEmpty() ? POLL_EVERY : rest;
        } catch (RuntimeException e) {
            // The loop must survive failures of store and clock.
            return failed(e);
        }
    }

    private void record(List<DueRenewal> due, int limit, Instant now) {
        backlog = due.size() >= limit;
        List<KeptResponse> planned =
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
                store.planned(renewed.issuer().key(), now, RenewalHorizon.MAX_COUNTED);
        ahead = Optional.of(RenewalHorizon.of(now, planned));
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
        return failure instanceof SignerUnavailable e
                && (e.reason() == Cause.QUEUE_FULL || e.reason() == Cause.DEADLINE);
    }

    private void logFailure(Exception failure) {
        if (System.nanoTime() - lastLogged < LOG_EVERY.toNanos()) {
            return;
        }
        lastLogged = System.nanoTime();
        if (failure instanceof SignerUnavailable || failure instanceof ClockFailure) {
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
        crew.close();
    }
}
