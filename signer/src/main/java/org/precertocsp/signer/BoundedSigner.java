package org.precertocsp.signer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.precertocsp.signer.CircuitBreaker.Admission;
import org.precertocsp.signer.SignerUnavailableException.Cause;

/// Limits a signer: concurrent signatures, waiting requests, time, and consecutive failures.
/// Thread-safe.
///
/// This object signs for waiting clients; [#urgent] signs with higher priority, [#background] and
/// [#singleUse] with lower.
///
/// Calls that may hang run on separate threads. A caller returns at its deadline; the call it
/// abandons keeps its permit until the token returns, so that never more than the allowed number
/// run. Calls that only compute run on the caller's thread: switching threads would take as long as
/// signing.
public final class BoundedSigner implements ResponseSigner, AutoCloseable {
    private final ResponseSigner inner;
    private final SigningConfig config;
    private final InstantSource clock;
    private final CircuitBreaker breaker;
    private final PrioritySemaphore places;
    private final SigningThreads threads;
    private final RateLimit singleUse;
    private final Map<SigningPriority, LongAdder> signed = new EnumMap<>(SigningPriority.class);
    private final Map<Cause, LongAdder> refused = new EnumMap<>(Cause.class);

    public BoundedSigner(ResponseSigner inner, SigningConfig config, InstantSource clock) {
        this.inner = inner;
        this.config = config;
        this.clock = clock;
        this.breaker = new CircuitBreaker(config.breakerFailures(), config.breakerPause());
        this.places = new PrioritySemaphore(config.maxInFlight(), config.maxWaiters());
        this.threads = new SigningThreads(config.maxInFlight());
        this.singleUse = new RateLimit(config.singleUsePerSecond());
        for (SigningPriority lane : SigningPriority.values()) {
            signed.put(lane, new LongAdder());
        }
        for (Cause cause : Cause.values()) {
            refused.put(cause, new LongAdder());
        }
    }

    @Override
    public SignedResponse sign(ResponseContent content) throws SignerUnavailableException {
        return sign(SigningPriority.LIVE, content);
    }

    /// Signs after revocations, before all others; as many may wait as for the rest.
    public ResponseSigner urgent() {
        return content -> sign(SigningPriority.REVOCATION, content);
    }

    /// Signs ahead of requests. Blocks until a permit is free that no other priority needs; the
    /// timeout begins then, and the content's arrival is ignored.
    public ResponseSigner background() {
        return content -> sign(SigningPriority.RENEWAL, content);
    }

    /// Signs responses that no other request can share, after all others and at most as many per
    /// second as configured.
    public ResponseSigner singleUse() {
        return content -> sign(SigningPriority.SINGLE_USE, content);
    }

    /// Maximum concurrent calls of [#singleUse] that block; others are rejected without waiting.
    public static int mostSingleUse(SigningConfig config) {
        return PrioritySemaphore.mostSingleUse(config.maxInFlight(), config.maxWaiters());
    }

    public SigningState state() {
        Map<SigningPriority, SigningState.Lane> lanes = new EnumMap<>(SigningPriority.class);
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

    /// Rejects new calls; signatures in progress still reach their callers. Does not wait for them.
    @Override
    public void close() {
        places.close();
        threads.close();
    }

    private SignedResponse sign(SigningPriority lane, ResponseContent content)
            throws SignerUnavailableException {
        try {
            SignedResponse response = admitAndSign(lane, content);
            counter(signed, lane).increment();
            return response;
        } catch (SignerUnavailableException e) {
            counter(refused, e.reason()).increment();
            throw e;
        }
    }

    private SignedResponse admitAndSign(SigningPriority lane, ResponseContent content)
            throws SignerUnavailableException {
        if (lane == SigningPriority.SINGLE_USE && !singleUse.admits(System.nanoTime())) {
            throw new SignerUnavailableException(
                    Cause.RATE_LIMITED,
                    "more than %d answers for one request alone in a second"
                            .formatted(config.singleUsePerSecond()));
        }
        // Renewals wait without one.
        boolean timed = lane != SigningPriority.RENEWAL;
        long deadline = timed ? System.nanoTime() + untilDeadline(content.arrival()) : 0;
        Admission admission = breaker.admit(clock);
        if (admission == Admission.REFUSED) {
            throw breakerOpen();
        }
        takePlace(lane, deadline);
        if (admission == Admission.FREE && breaker.isOpen()) {
            places.giveBack(lane);
            throw breakerOpen();
        }
        if (!timed) {
            deadline = System.nanoTime() + config.timeout().toNanos();
        } else if (!isBefore(deadline)) {
            places.giveBack(lane);
            throw late("the deadline had passed before signing began");
        }
        Job job = new Job(lane, content, deadline);
        return inner.mayHang() ? await(job) : signInPlace(job);
    }

    /// Never longer than the timeout, even if the clock was set back since the arrival.
    private long untilDeadline(Instant arrival) {
        Duration left = Duration.between(clock.instant(), arrival).plus(config.timeout());
        return (left.compareTo(config.timeout()) > 0 ? config.timeout() : left).toNanos();
    }

    private void takePlace(SigningPriority lane, long deadline) throws SignerUnavailableException {
        try {
            switch (places.take(lane, deadline)) {
                case TAKEN -> {}
                case LATE -> throw late("no place came free in " + config.timeout());
                case CLOSED -> throw closed(null);
                case QUEUE_FULL ->
                        throw new SignerUnavailableException(
                                Cause.QUEUE_FULL,
                                "%d signatures in flight and %d requests waiting"
                                        .formatted(config.maxInFlight(), config.maxWaiters()));
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /// Limits to a rate per second, with bursts of one second's worth. Thread-safe.
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

    /// A signature that holds a permit, and releases it.
    private record Job(SigningPriority lane, ResponseContent content, long deadline) {}

    /// Updates the circuit breaker before the permit is released, so that the next caller sees the
    /// result. Only results in time count: a late success does not close the breaker, since a key
    /// that slow is unusable, and a late failure was already reported by the caller that timed out.
    private SignedResponse signInPlace(Job job) throws SignerUnavailableException {
        try {
            SignedResponse response = inner.sign(job.content());
            if (isBefore(job.deadline())) {
                breaker.succeeded();
            }
            return response;
        } catch (SignerUnavailableException e) {
            if (e.reason().isOfKey() && isBefore(job.deadline())) {
                breaker.failed(clock.instant(), String.valueOf(e.getMessage()));
            }
            throw e;
        } finally {
            places.giveBack(job.lane());
        }
    }

    private SignedResponse await(Job job) throws SignerUnavailableException {
        try {
            return threads.call(() -> signInPlace(job), job.deadline());
        } catch (RejectedExecutionException e) {
            places.giveBack(job.lane());
            throw closed(e);
        } catch (TimeoutException _) {
            SignerUnavailableException late = late("the key did not sign in " + config.timeout());
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

    private SignerUnavailableException breakerOpen() {
        String last = breaker.lastFailure().map(SigningState.Failure::what).orElse("closed since");
        return new SignerUnavailableException(Cause.BREAKER_OPEN, "the key keeps failing: " + last);
    }

    private static SignerUnavailableException late(String message) {
        return new SignerUnavailableException(Cause.DEADLINE, message);
    }

    private static SignerUnavailableException closed(@Nullable Exception cause) {
        return new SignerUnavailableException(
                Cause.QUEUE_FULL, "signing has been shut down", cause);
    }

    private static SignerUnavailableException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new SignerUnavailableException(
                Cause.DEADLINE, "interrupted while waiting for the key", e);
    }

    /// Threads for calls that may hang: platform threads, since a token's driver is native code
    /// that cannot be interrupted. Thread-safe. No thread is created before the first call.
    static final class SigningThreads implements AutoCloseable {
        private final ExecutorService threads;

        SigningThreads(int number) {
            this.threads =
                    Executors.newFixedThreadPool(
                            number, Thread.ofPlatform().daemon().name("signing-", 1).factory());
        }

        /// Calls on another thread and waits until the deadline. Errors of the program are rethrown
        /// unchanged.
        ///
        /// @param deadline as [System#nanoTime]
        /// @throws RejectedExecutionException after [#close]; the call was not started
        /// @throws TimeoutException the call continues, and its result is discarded
        SignedResponse call(Callable<SignedResponse> signing, long deadline)
                throws SignerUnavailableException, TimeoutException, InterruptedException {
            try {
                return threads.submit(signing)
                        .get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                throw switch (e.getCause()) {
                    case SignerUnavailableException refusal -> refusal;
                    case RuntimeException defect -> throw defect;
                    case Error error -> throw error;
                    case null, default ->
                            throw new IllegalStateException("signing threw what it does not", e);
                };
            }
        }

        /// Does not wait for calls in progress.
        @Override
        public void close() {
            threads.shutdown();
        }
    }
}
