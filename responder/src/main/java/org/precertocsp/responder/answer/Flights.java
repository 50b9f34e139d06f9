package org.precertocsp.responder.answer;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.precertocsp.responder.status.ChangeEpochs.Mark;

/// Lets concurrent requests for one response share one signature. Thread-safe.
final class Flights {
    /// @param mark taken before the status was read
    record Landed(Answer answer, Mark mark) {}

    private final ConcurrentMap<CertIdBytes, CompletableFuture<Landed>> underWay =
            new ConcurrentHashMap<>();
    private final Duration patience;
    private final Duration retryAfter;

    /// @param patience of who waits for another's answer; longer than a signature may take
    /// @param retryAfter told to who waited in vain
    Flights(Duration patience, Duration retryAfter) {
        this.patience = patience;
        this.retryAfter = retryAfter;
    }

    /// Makes the answer, or waits for one that is being made. What is waited for may have been
    /// overtaken by a change meanwhile, so the mark of the answer tells whether it may be used.
    Landed share(CertIdBytes key, Mark now, Supplier<Landed> make) {
        CompletableFuture<Landed> own = new CompletableFuture<>();
        CompletableFuture<Landed> other = underWay.putIfAbsent(key, own);
        return other == null ? lead(key, own, make) : follow(other, now);
    }

    private Landed lead(CertIdBytes key, CompletableFuture<Landed> own, Supplier<Landed> make) {
        try {
            Landed landed = make.get();
            own.complete(landed);
            return landed;
        } catch (RuntimeException | Error e) {
            own.completeExceptionally(e);
            throw e;
        } finally {
            underWay.remove(key, own);
        }
    }

    private Landed follow(CompletableFuture<Landed> other, Mark now) {
        try {
            return other.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            return busy("the signature others wait for did not come in " + patience, now);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the answer others wait for failed", e.getCause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return busy("interrupted while waiting for another's answer", now);
        }
    }

    private Landed busy(String why, Mark now) {
        return new Landed(new Answer.Busy(retryAfter, why), now);
    }
}
