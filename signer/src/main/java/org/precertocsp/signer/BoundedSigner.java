package org.precertocsp.signer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.precertocsp.signer.CircuitBreaker.Admission;
import org.precertocsp.signer.SignerUnavailable.Cause;

/// Keeps a signer inside its limits: signatures at once, requests waiting, time, and failures in a
/// row. Thread-safe.
///
/// Signatures run on platform threads of its own, since a token's driver is native code that cannot
/// be interrupted. A caller leaves at its deadline; the call it leaves behind keeps its place until
/// the token lets go, so that no more than the allowed number ever run.
public final class BoundedSigner implements ResponseSigner, AutoCloseable {
    private final ResponseSigner inner;
    private final SigningConfig config;
    private final InstantSource clock;
    private final CircuitBreaker breaker;
    private final Semaphore slots;
    private final ExecutorService threads;
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder signed = new LongAdder();
    private final Map<Cause, LongAdder> refused = new EnumMap<>(Cause.class);

    public BoundedSigner(ResponseSigner inner, SigningConfig config, InstantSource clock) {
        this.inner = inner;
        this.config = config;
        this.clock = clock;
        this.breaker = new CircuitBreaker(config.breakerFailures(), config.breakerPause());
        // Fair, so that under load nobody overtakes those whose deadline is nearer.
        this.slots = new Semaphore(config.maxInFlight(), true);
        this.threads =
                Executors.newFixedThreadPool(
                        config.maxInFlight(),
                        Thread.ofPlatform().daemon().name("signing-", 1).factory());
        for (Cause cause : Cause.values()) {
            refused.put(cause, new LongAdder());
        }
    }

    @Override
    public SignedResponse sign(ResponseContent content) throws SignerUnavailable {
        try {
            SignedResponse response = admitAndSign(content);
            signed.increment();
            return response;
        } catch (SignerUnavailable e) {
            counter(e.reason()).increment();
            throw e;
        }
    }

    public SigningState state() {
        Map<Cause, Long> counts = new EnumMap<>(Cause.class);
        refused.forEach((cause, count) -> counts.put(cause, count.sum()));
        return new SigningState(
                config.maxInFlight() - slots.availablePermits(),
                waiting.get(),
                breaker.isOpen(),
                breaker.lastFailure(),
                signed.sum(),
                counts);
    }

    /// Refuses from now on; signatures under way still reach their callers. Does not wait for them.
    @Override
    public void close() {
        threads.shutdown();
    }

    private SignedResponse admitAndSign(ResponseContent content) throws SignerUnavailable {
        long deadline = System.nanoTime() + untilDeadline(content.arrival()).toNanos();
        Admission admission = breaker.admit(clock.instant());
        if (admission == Admission.REFUSED) {
            throw breakerOpen();
        }
        takeSlot(deadline);
        if (admission == Admission.FREE && breaker.isOpen()) {
            slots.release();
            throw breakerOpen();
        }
        return await(start(content, deadline), deadline);
    }

    /// Never longer than the timeout, even where the clock was set back since the arrival.
    private Duration untilDeadline(Instant arrival) {
        Duration left = Duration.between(clock.instant(), arrival.plus(config.timeout()));
        return left.compareTo(config.timeout()) > 0 ? config.timeout() : left;
    }

    private void takeSlot(long deadline) throws SignerUnavailable {
        try {
            // Not tryAcquire(): that one would overtake the waiting.
            if (slots.tryAcquire(0, TimeUnit.NANOSECONDS)) {
                refuseLate(deadline);
                return;
            }
            waitForSlot(deadline);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void waitForSlot(long deadline) throws SignerUnavailable, InterruptedException {
        if (waiting.incrementAndGet() > config.maxWaiters()) {
            waiting.decrementAndGet();
            throw new SignerUnavailable(
                    Cause.QUEUE_FULL,
                    "%d signatures in flight and %d requests waiting"
                            .formatted(config.maxInFlight(), config.maxWaiters()));
        }
        boolean taken;
        try {
            taken = slots.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } finally {
            waiting.decrementAndGet();
        }
        if (!taken) {
            throw late("no place came free in " + config.timeout());
        }
        refuseLate(deadline);
    }

    /// Gives a slot back that came too late to be of use.
    private void refuseLate(long deadline) throws SignerUnavailable {
        if (!isBefore(deadline)) {
            slots.release();
            throw late("the deadline had passed before signing began");
        }
    }

    private Future<SignedResponse> start(ResponseContent content, long deadline)
            throws SignerUnavailable {
        try {
            return threads.submit(() -> signInSlot(content, deadline));
        } catch (RejectedExecutionException e) {
            slots.release();
            throw new SignerUnavailable(Cause.QUEUE_FULL, "signing has been shut down", e);
        }
    }

    /// Tells the breaker before the slot is free, so that the next in line knows. Only what the key
    /// did in time counts: a late success closes no breaker, since a key that slow is of no use,
    /// and of a late failure the caller that gave up has told already.
    private SignedResponse signInSlot(ResponseContent content, long deadline)
            throws SignerUnavailable {
        try {
            SignedResponse response = inner.sign(content);
            if (isBefore(deadline)) {
                breaker.succeeded();
            }
            return response;
        } catch (SignerUnavailable e) {
            if (e.reason() == Cause.KEY_FAILED && isBefore(deadline)) {
                breaker.failed(clock.instant(), String.valueOf(e.getMessage()));
            }
            throw e;
        } finally {
            slots.release();
        }
    }

    private SignedResponse await(Future<SignedResponse> signature, long deadline)
            throws SignerUnavailable {
        try {
            return signature.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            SignerUnavailable late = late("the key did not sign in " + config.timeout());
            breaker.failed(clock.instant(), String.valueOf(late.getMessage()));
            throw late;
        } catch (ExecutionException e) {
            throw refusal(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /// A defect of the program is thrown on as it is.
    private static SignerUnavailable refusal(ExecutionException ended) {
        return switch (ended.getCause()) {
            case SignerUnavailable e -> e;
            case RuntimeException defect -> throw defect;
            case Error error -> throw error;
            case null, default ->
                    throw new IllegalStateException("signing threw what it does not", ended);
        };
    }

    private static boolean isBefore(long deadline) {
        return deadline - System.nanoTime() > 0;
    }

    private LongAdder counter(Cause cause) {
        LongAdder counter = refused.get(cause);
        if (counter == null) {
            throw new IllegalStateException("no counter of " + cause);
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

    private static SignerUnavailable interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new SignerUnavailable(Cause.DEADLINE, "interrupted while waiting for the key", e);
    }
}
