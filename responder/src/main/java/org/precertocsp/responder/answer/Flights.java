package org.precertocsp.responder.answer;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.precertocsp.responder.status.ChangeEpochs.Mark;

/// Lets concurrent requests for one response share one attempt to answer. Thread-safe.
final class Flights {
    /// An answer, and what it depends on.
    ///
    /// @param marks taken before the statuses in it were read; none if it was checked already
    record Attempt(Answer answer, List<Mark> marks) {
        /// False if a change may have been acknowledged since the statuses were read.
        boolean isCurrent() {
            for (Mark mark : marks) {
                if (!mark.isCurrent()) {
                    return false;
                }
            }
            return true;
        }

        boolean isSigned() {
            return switch (answer) {
                case Answer.Served _, Answer.ServedOnce _ -> true;
                case Answer.NotOurs _, Answer.Busy _, Answer.Failed _ -> false;
            };
        }
    }

    private final ConcurrentMap<CertIdBytes, CompletableFuture<Attempt>> underWay =
            new ConcurrentHashMap<>();
    private final Duration patience;
    private final Duration retryAfter;

    /// @param patience of requests that wait for another's attempt; longer than a signature may
    ///   take
    /// @param retryAfter told to those that waited in vain
    Flights(Duration patience, Duration retryAfter) {
        this.patience = patience;
        this.retryAfter = retryAfter;
    }

    /// Makes the attempt, or waits for one that is being made. A change may have been acknowledged
    /// since that one began, so the caller must see whether it is current.
    Attempt share(CertIdBytes key, Supplier<Attempt> make) {
        CompletableFuture<Attempt> own = new CompletableFuture<>();
        CompletableFuture<Attempt> other = underWay.putIfAbsent(key, own);
        return other == null ? lead(key, own, make) : follow(other);
    }

    private Attempt lead(CertIdBytes key, CompletableFuture<Attempt> own, Supplier<Attempt> make) {
        Attempt attempt;
        try {
            attempt = make.get();
        } catch (RuntimeException | Error e) {
            underWay.remove(key, own);
            own.completeExceptionally(e);
            throw e;
        }
        // Before it is completed: one that waited and has to try again must not meet it here.
        underWay.remove(key, own);
        own.complete(attempt);
        return attempt;
    }

    private Attempt follow(CompletableFuture<Attempt> other) {
        try {
            return other.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            return busy("the signature others wait for did not come in " + patience);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the answer others wait for failed", e.getCause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return busy("interrupted while waiting for another's answer");
        }
    }

    private Attempt busy(String why) {
        return new Attempt(new Answer.Busy(retryAfter, why), List.of());
    }
}
