package org.precertocsp.responder.freshness;

import java.time.Duration;
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
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.precertocsp.signer.SignerUnavailable;

/// Settles what is due on several platform threads, the caller's among them.
final class Crew implements AutoCloseable {
    /// @param settled all that could be in time
    /// @param failure what kept the others
    record Outcome(List<Settled> settled, Optional<Exception> failure) {}

    private static final long IDLE_SECONDS = 10;
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private final RenewalWork work;
    private final ExecutorService others;

    /// @param size at most so many others than the caller
    Crew(RenewalWork work, String name, int size) {
        this.work = work;
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        Math.max(1, size),
                        Math.max(1, size),
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("renewal-" + name + "-", 1).factory());
        pool.allowCoreThreadTimeOut(true);
        this.others = pool;
    }

    /// Stops at the first failure, and after a while, so that what a slow key has signed is written
    /// soon; what is under way then is still finished.
    ///
    /// @param threads the caller's included
    /// @param progress told of each that is settled
    Outcome settle(List<DueRenewal> due, int threads, Runnable progress)
            throws InterruptedException {
        Share share = new Share(work, due, progress);
        List<Future<?>> helpers = new ArrayList<>();
        for (int i = 1; i < Math.min(threads, due.size()); i++) {
            helpers.add(others.submit(share));
        }
        share.run();
        for (Future<?> helper : helpers) {
            awaitEnd(helper);
        }
        return new Outcome(List.copyOf(share.settled), Optional.ofNullable(share.failure.get()));
    }

    private static void awaitEnd(Future<?> helper) throws InterruptedException {
        try {
            helper.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a helper threw what it does not", e);
        }
    }

    @Override
    public void close() {
        others.shutdownNow();
    }

    /// Taken from by all until nothing is left.
    private static final class Share implements Runnable {
        private final RenewalWork work;
        private final List<DueRenewal> due;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        private final List<Settled> settled = Collections.synchronizedList(new ArrayList<>());

        private final Runnable progress;
        private final long end = System.nanoTime() + LONGEST.toNanos();

        Share(RenewalWork work, List<DueRenewal> due, Runnable progress) {
            this.work = work;
            this.due = due;
            this.progress = progress;
        }

        @Override
        public void run() {
            for (int i = next.getAndIncrement();
                    i < due.size() && failure.get() == null && isInTime(i);
                    i = next.getAndIncrement()) {
                try {
                    settled.add(work.settle(due.get(i)));
                    progress.run();
                } catch (SignerUnavailable | RuntimeException e) {
                    failure.compareAndSet(null, e);
                }
            }
        }

        /// The first is settled however long the others took.
        private boolean isInTime(int index) {
            return index == 0 || System.nanoTime() - end < 0;
        }
    }
}
