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
import org.precertocsp.signer.SignerUnavailable;
import org.precertocsp.signer.SignerUnavailable.Cause;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One issuer's renewals, a batch at a time: an issuer whose key fails holds up no other.
final class IssuerRenewal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IssuerRenewal.class);

    /// Written as one batch.
    private static final int BATCH = 256;

    /// While clients are served: less than a millisecond of a fast key.
    private static final int SMALL_BATCH = 32;

    /// How soon something new is noticed.
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration COMPLAIN_EVERY = Duration.ofMinutes(10);

    /// A deadline passed so little ago is no reason to call anybody.
    private static final Duration GRACE = Duration.ofSeconds(30);

    /// Without a sign of life for longer, something holds the worker up.
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(1);

    private static final Duration LOOK_AHEAD_EVERY = Duration.ofSeconds(1);

    /// Looking ahead takes no more than one part in so many of a thread's time.
    private static final int LOOK_AHEAD_SHARE = 1_000;

    private final RenewedIssuer renewed;
    private final RenewalStore store;
    private final Crew crew;
    private final Pace pace;
    private final InstantSource clock;
    private final AtomicLong signed = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final LongSupplier nanos;
    private volatile Look look;
    private volatile long signOfLifeBy;
    private volatile boolean backlog;
    private volatile Duration pause = Duration.ZERO;
    private volatile Optional<RenewalHorizon> ahead = Optional.empty();
    private Instant lookAhead = Instant.MIN;
    private long complained;

    /// What was late at the last look: seen from outside it gets later while the worker is held up.
    ///
    /// @param planned time of the most overdue renewal
    /// @param deadline the earliest of those due
    /// @param at when it was looked, as `nanos` tells it too
    private record Look(
            Optional<Instant> planned, Optional<Instant> deadline, Instant at, long nanos) {
        static Look nothingDue(Instant at, long nanos) {
            return new Look(Optional.empty(), Optional.empty(), at, nanos);
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

    /// @param nanos a clock that only runs forwards, at the same pace
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
        this.look = Look.nothingDue(Instant.EPOCH, nanos.getAsLong());
        this.signOfLifeBy = nanos.getAsLong() + LONGEST_SILENCE.toNanos();
        this.complained = System.nanoTime() - COMPLAIN_EVERY.toNanos();
    }

    /// Does one batch of what is due. Returns how long to rest before the next.
    Duration step() throws InterruptedException {
        Duration rest = doStep();
        signOfLifeBy = nanos.getAsLong() + rest.plus(LONGEST_SILENCE).toNanos();
        return rest;
    }

    private void progressed() {
        signOfLifeBy = nanos.getAsLong() + LONGEST_SILENCE.toNanos();
    }

    private Duration doStep() throws InterruptedException {
        long start = System.nanoTime();
        progressed();
        try {
            Instant now = clock.instant();
            int limit = pace.isBusy() ? SMALL_BATCH : BATCH;
            List<DueRenewal> due = store.due(renewed.issuer().key(), now, limit);
            look(due, limit, now);
            lookAhead(now);
            Crew.Outcome outcome =
                    crew.settle(due, pace.isBusy() ? 1 : renewed.parallel(), this::progressed);
            store.settle(renewed.issuer().key(), outcome.settled());
            signed.addAndGet(outcome.settled().stream().mapToInt(it -> it.renewed().size()).sum());
            if (outcome.failure().isPresent()) {
                return failed(outcome.failure().get());
            }
            pause = Duration.ZERO;
            if (outcome.settled().size() == due.size() && !backlog) {
                look = Look.nothingDue(now, nanos.getAsLong());
            }
            Duration rest = pace.restAfter(Duration.ofNanos(System.nanoTime() - start));
            return due.isEmpty() ? LOOK_EVERY : rest;
        } catch (RuntimeException e) {
            // The loop must outlive whatever the store or the clock does.
            return failed(e);
        }
    }

    private void look(List<DueRenewal> due, int limit, Instant now) {
        backlog = due.size() >= limit;
        List<KeptResponse> planned =
                due.stream()
                        .filter(it -> it.why() == DueRenewal.Why.PLANNED)
                        .flatMap(it -> it.kept().stream().limit(1))
                        .toList();
        look =
                new Look(
                        planned.stream()
                                .map(it -> RenewalPlan.of(it.key(), it.window()))
                                .min(Instant::compareTo),
                        planned.stream()
                                .map(it -> RenewalDeadline.of(it.window()))
                                .min(Instant::compareTo),
                        now,
                        nanos.getAsLong());
    }

    /// Here rather than when somebody asks: a page that is looked at often reads nothing.
    private void lookAhead(Instant now) {
        if (now.isBefore(lookAhead)) {
            return;
        }
        long start = System.nanoTime();
        List<Instant> planned =
                store.planned(renewed.issuer().key(), now, RenewalHorizon.MAX_COUNTED);
        ahead = Optional.of(RenewalHorizon.of(now, planned));
        Duration rest = Duration.ofNanos(System.nanoTime() - start).multipliedBy(LOOK_AHEAD_SHARE);
        lookAhead = now.plus(rest.compareTo(LOOK_AHEAD_EVERY) < 0 ? LOOK_AHEAD_EVERY : rest);
    }

    /// Everything stays due. A crowded key is asked again soon, a broken one ever more seldom.
    private Duration failed(Exception failure) {
        failures.incrementAndGet();
        if (isCrowded(failure)) {
            return LOOK_EVERY;
        }
        Duration longer = pause.isZero() ? SHORTEST_PAUSE : pause.multipliedBy(2);
        pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
        complain(failure);
        return pause;
    }

    private static boolean isCrowded(Exception failure) {
        return failure instanceof SignerUnavailable e
                && (e.reason() == Cause.QUEUE_FULL || e.reason() == Cause.DEADLINE);
    }

    private void complain(Exception failure) {
        if (System.nanoTime() - complained < COMPLAIN_EVERY.toNanos()) {
            return;
        }
        complained = System.nanoTime();
        if (failure instanceof SignerUnavailable || failure instanceof ClockFailure) {
            LOG.warn(
                    "responses of {} are not renewed: {}; tried again until they are",
                    renewed.name(),
                    failure.getMessage());
        } else {
            LOG.error(
                    "responses of {} are not renewed; tried again until they are",
                    renewed.name(),
                    failure);
        }
    }

    RenewalState state() {
        return new RenewalState(
                renewed.name(),
                look.lag(nanos.getAsLong()),
                overdue(),
                backlog,
                signed.get(),
                failures.get(),
                !pause.isZero(),
                ahead);
    }

    private Optional<String> overdue() {
        long now = nanos.getAsLong();
        Duration late = look.beyondDeadline(now);
        if (late.compareTo(GRACE) > 0) {
            return Optional.of(
                    "stored responses passed their renewal deadline %s ago"
                            .formatted(late.truncatedTo(ChronoUnit.SECONDS)));
        }
        return now - signOfLifeBy > 0
                ? Optional.of("the renewal worker has made no progress for over a minute")
                : Optional.empty();
    }

    @Override
    public void close() {
        crew.close();
    }
}
