package org.precertocsp.signer;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Threads for calls that may hang: platform threads, since a token's driver is native code that
/// cannot be interrupted. Thread-safe. None is made before the first call.
final class SigningThreads implements AutoCloseable {
    private final ExecutorService threads;

    SigningThreads(int number) {
        this.threads =
                Executors.newFixedThreadPool(
                        number, Thread.ofPlatform().daemon().name("signing-", 1).factory());
    }

    /// Calls on another thread and waits until the deadline. A defect of the program is thrown on
    /// as it is.
    ///
    /// @param deadline as [System#nanoTime]
    /// @throws RejectedExecutionException after [#close]; the call was not begun
    /// @throws TimeoutException the call goes on, and nobody learns of its end
    SignedResponse call(Callable<SignedResponse> signing, long deadline)
            throws SignerUnavailable, TimeoutException, InterruptedException {
        try {
            return threads.submit(signing).get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case SignerUnavailable refusal -> refusal;
                case RuntimeException defect -> throw defect;
                case Error error -> throw error;
                case null, default ->
                        throw new IllegalStateException("signing threw what it does not", e);
            };
        }
    }

    /// Does not wait for calls under way.
    @Override
    public void close() {
        threads.shutdown();
    }
}
