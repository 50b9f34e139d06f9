package org.precertocsp.responder.freshness;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
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
    private volatile Duration lag = Duration.ZERO;
    private volatile boolean backlog;
    private volatile Duration pause = Duration.ZERO;
    private volatile Optional<RenewalHorizon> ahead = Optional.empty();
    private Instant lookAhead = Instant.MIN;
    private long complained;

    /// @param clock refuses to tell a time that went back
    IssuerRenewal(
            RenewedIssuer renewed,
            RenewalStore store,
            RenewalWork work,
            Pace pace,
            InstantSource clock) {
        this.renewed = renewed;
        this.store = store;
        this.crew = new Crew(work, renewed.name(), renewed.parallel() - 1);
        this.pace = pace;
        this.clock = clock;
        this.complained = System.nanoTime() - COMPLAIN_EVERY.toNanos();
    }

    /// Does one batch of what is due. Returns how long to rest before the next.
    Duration step() throws InterruptedException {
        long start = System.nanoTime();
        try {
            Instant now = clock.instant();
            int limit = pace.isBusy() ? SMALL_BATCH : BATCH;
            List<DueRenewal> due = store.due(renewed.issuer().key(), now, limit);
            look(due, limit, now);
            lookAhead(now);
            Crew.Outcome outcome = crew.settle(due, pace.isBusy() ? 1 : renewed.parallel());
            store.settle(renewed.issuer().key(), outcome.settled());
            signed.addAndGet(outcome.settled().stream().mapToInt(it -> it.renewed().size()).sum());
            if (outcome.failure().isPresent()) {
                return failed(outcome.failure().get());
            }
            pause = Duration.ZERO;
            Duration rest = pace.restAfter(Duration.ofNanos(System.nanoTime() - start));
            return due.isEmpty() ? LOOK_EVERY : rest;
        } catch (RuntimeException e) {
            // The loop must outlive whatever the store or the clock does.
            return failed(e);
        }
    }

    private void look(List<DueRenewal> due, int limit, Instant now) {
        backlog = due.size() >= limit;
        lag =
                due.stream()
                        .filter(it -> it.why() == DueRenewal.Why.PLANNED)
                        .flatMap(it -> it.kept().stream().limit(1))
                        .map(it -> Duration.between(RenewalPlan.of(it.key(), it.window()), now))
                        .filter(Duration::isPositive)
                        .max(Duration::compareTo)
                        .orElse(Duration.ZERO);
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
        if (failure instanceof SignerUnavailable) {
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
                renewed.name(), lag, backlog, signed.get(), failures.get(), !pause.isZero(), ahead);
    }

    @Override
    public void close() {
        crew.close();
    }
}
