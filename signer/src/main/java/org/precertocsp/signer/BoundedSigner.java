package org.precertocsp.signer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.precertocsp.signer.CircuitBreaker.Admission;
import org.precertocsp.signer.SignerUnavailable.Cause;

/// Keeps a signer inside its limits: signatures at once, requests waiting, time, and failures in a
/// row. Thread-safe.
///
/// Signs for clients who wait; [#urgent], [#background] and [#singleUse] sign in the lanes before
/// and after them.
///
/// What may hang signs on threads of its own. A caller leaves at its deadline; the call it leaves
/// behind keeps its place until the token lets go, so that no more than the allowed number ever
/// run. What just computes signs on the caller's thread: handing it over and back would take as
/// long as signing.
public final class BoundedSigner implements ResponseSigner, AutoCloseable {
    private final ResponseSigner inner;
    private final SigningConfig config;
    private final InstantSource clock;
    private final CircuitBreaker breaker;
    private final SigningPlaces places;
    private final SigningThreads threads;
    private final RateLimit singleUse;
    private final Map<SigningLane, LongAdder> signed = new EnumMap<>(SigningLane.class);
    private final Map<Cause, LongAdder> refused = new EnumMap<>(Cause.class);

    public BoundedSigner(ResponseSigner inner, SigningConfig config, InstantSource clock) {
        this.inner = inner;
        this.config = config;
        this.clock = clock;
        this.breaker = new CircuitBreaker(config.breakerFailures(), config.breakerPause());
        this.places = new SigningPlaces(config.maxInFlight(), config.maxWaiters());
        this.threads = new SigningThreads(config.maxInFlight());
        this.singleUse = new RateLimit(config.singleUsePerSecond());
        for (SigningLane lane : SigningLane.values()) {
            signed.put(lane, new LongAdder());
        }
        for (Cause cause : Cause.values()) {
            refused.put(cause, new LongAdder());
        }
    }

    @Override
    public SignedResponse sign(ResponseContent content) throws SignerUnavailable {
        return sign(SigningLane.LIVE, content);
    }

    /// Signs what a revocation changed, before all others; as many wait for it as for the rest.
    public ResponseSigner urgent() {
        return content -> sign(SigningLane.REVOCATION, content);
    }

    /// Signs what nobody waits for yet. Blocks until a place is free that no other lane needs; the
    /// timeout begins there, and the content's arrival does not count.
    public ResponseSigner background() {
        return content -> sign(SigningLane.RENEWAL, content);
    }

    /// Signs answers that no other request can share, after all others and not more of them per
    /// second than configured.
    public ResponseSigner singleUse() {
        return content -> sign(SigningLane.SINGLE_USE, content);
    }

    /// How many calls of [#singleUse] block at once, at most; others are refused without waiting.
    public static int mostSingleUse(SigningConfig config) {
        return SigningPlaces.mostSingleUse(config.maxInFlight(), config.maxWaiters());
    }

    public SigningState state() {
        Map<SigningLane, SigningState.Lane> lanes = new EnumMap<>(SigningLane.class);
        signed.forEach(
                (lane, count) ->
                        lanes.put(
                                lane,
                                new SigningState.Lane(
                                        places.inFlight(lane), places.waiting(lane), count.sum())));
        Map<Cause, Long> counts = new EnumMap<>(Cause.class);
        refused.forEach((cause, count) -> counts.put(cause, count.sum()));
        return new SigningState(
                lanes.values().stream().mapToInt(SigningState.Lane::inFlight).sum(),
                lanes.values().stream().mapToInt(SigningState.Lane::waiting).sum(),
                breaker.isOpen(),
                breaker.lastFailure(),
                lanes.values().stream().mapToLong(SigningState.Lane::signed).sum(),
                counts,
                lanes);
    }

    /// Refuses from now on; signatures under way still reach their callers. Does not wait for them.
    @Override
    public void close() {
        places.close();
        threads.close();
    }

    private SignedResponse sign(SigningLane lane, ResponseContent content)
            throws SignerUnavailable {
        try {
            SignedResponse response = admitAndSign(lane, content);
            counter(signed, lane).increment();
            return response;
        } catch (SignerUnavailable e) {
            counter(refused, e.reason()).increment();
            throw e;
        }
    }

    private SignedResponse admitAndSign(SigningLane lane, ResponseContent content)
            throws SignerUnavailable {
        if (lane == SigningLane.SINGLE_USE && !singleUse.admits(System.nanoTime())) {
            throw new SignerUnavailable(
                    Cause.RATE_LIMITED,
                    "more than %d answers for one request alone in a second"
                            .formatted(config.singleUsePerSecond()));
        }
        long deadline = System.nanoTime() + untilDeadline(content.arrival());
        Admission admission = breaker.admit(clock);
        if (admission == Admission.REFUSED) {
            throw breakerOpen();
        }
        takePlace(lane, deadline);
        if (admission == Admission.FREE && breaker.isOpen()) {
            places.giveBack(lane);
            throw breakerOpen();
        }
        if (lane == SigningLane.RENEWAL) {
            deadline = System.nanoTime() + config.timeout().toNanos();
        } else if (!isBefore(deadline)) {
            places.giveBack(lane);
            throw late("the deadline had passed before signing began");
        }
        Job job = new Job(lane, content, deadline);
        return inner.mayHang() ? await(job) : signInPlace(job);
    }

    /// Never longer than the timeout, even where the clock was set back since the arrival.
    private long untilDeadline(Instant arrival) {
        Duration left = Duration.between(clock.instant(), arrival).plus(config.timeout());
        return (left.compareTo(config.timeout()) > 0 ? config.timeout() : left).toNanos();
    }

    private void takePlace(SigningLane lane, long deadline) throws SignerUnavailable {
        try {
            switch (places.take(lane, deadline)) {
                case TAKEN -> {}
                case LATE -> throw late("no place came free in " + config.timeout());
                case CLOSED -> throw closed(null);
                case QUEUE_FULL ->
                        throw new SignerUnavailable(
                                Cause.QUEUE_FULL,
                                "%d signatures in flight and %d requests waiting"
                                        .formatted(config.maxInFlight(), config.maxWaiters()));
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /// So many a second, a second's worth of them at once. Thread-safe.
    private static final class RateLimit {
        private static final long BURST = Duration.ofSeconds(1).toNanos();

        private final long interval;
        private final AtomicLong paidUntil = new AtomicLong(System.nanoTime() - BURST);

        RateLimit(int perSecond) {
            this.interval = BURST / perSecond;
        }

        boolean admits(long now) {
            while (true) {
                long paid = paidUntil.get();
                long from = paid - now < -BURST ? now - BURST : paid;
                if (from - now > -interval) {
                    return false;
                }
                if (paidUntil.compareAndSet(paid, from + interval)) {
                    return true;
                }
            }
        }
    }

    /// A signature that has its place, and gives it back.
    private record Job(SigningLane lane, ResponseContent content, long deadline) {}

    /// Tells the breaker before the place is free, so that the next in line knows. Only what the
    /// key did in time counts: a late success closes no breaker, since a key that slow is of no
    /// use, and a late failure was reported already by the caller that gave up.
    private SignedResponse signInPlace(Job job) throws SignerUnavailable {
        try {
            SignedResponse response = inner.sign(job.content());
            if (isBefore(job.deadline())) {
                breaker.succeeded();
            }
            return response;
        } catch (SignerUnavailable e) {
            if (e.reason().isOfKey() && isBefore(job.deadline())) {
                breaker.failed(clock.instant(), String.valueOf(e.getMessage()));
            }
            throw e;
        } finally {
            places.giveBack(job.lane());
        }
    }

    private SignedResponse await(Job job) throws SignerUnavailable {
        try {
            return threads.call(() -> signInPlace(job), job.deadline());
        } catch (RejectedExecutionException e) {
            places.giveBack(job.lane());
            throw closed(e);
        } catch (TimeoutException _) {
            SignerUnavailable late = late("the key did not sign in " + config.timeout());
            breaker.failed(clock.instant(), String.valueOf(late.getMessage()));
            throw late;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static boolean isBefore(long deadline) {
        return deadline - System.nanoTime() > 0;
    }

    private static <K> LongAdder counter(Map<K, LongAdder> counters, K of) {
        LongAdder counter = counters.get(of);
        if (counter == null) {
            throw new IllegalStateException("no counter of " + of);
        }
        return counter;
    }

    private SignerUnavailable breakerOpen() {
        String last = breaker.lastFailure().map(SigningState.Failure::what).orElse("closed since");
        return new SignerUnavailable(Cause.BREAKER_OPEN, "the key keeps failing: " + last);
    }

    private static SignerUnavailable late(String message) {
        return new SignerUnavailable(Cause.DEADLINE, message);
    }

    private static SignerUnavailable closed(@Nullable Exception cause) {
        return new SignerUnavailable(Cause.QUEUE_FULL, "signing has been shut down", cause);
    }

    private static SignerUnavailable interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new SignerUnavailable(Cause.DEADLINE, "interrupted while waiting for the key", e);
    }
}
