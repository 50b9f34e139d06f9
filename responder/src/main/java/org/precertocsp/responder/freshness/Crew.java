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

/// Processes due renewals on several platform threads, including the caller's.
final class Crew implements AutoCloseable {
    /// @param settled the results in time
    /// @param failure the reason why the others were not processed
    record Outcome(List<Settled> settled, Optional<Exception> failure) {}

    private static final long IDLE_SECONDS = 10;
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private final RenewalWork work;
    private final ExecutorService others;

    /// @param size maximum number of threads besides the caller's
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

    /// Stops at the first failure, and after some time, so that the signatures of a slow key are
    /// written soon; renewals in progress are completed.
    ///
    /// @param threads including the caller's
    /// @param progress called for each result
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
            throw new IllegalStateException("unexpected exception in a signing thread", e);
        }
    }

    @Override
    public void close() {
        others.shutdownNow();
    }

    /// The due renewals, from which all threads take until none is left.
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

        /// The first is always processed.
        private boolean isInTime(int index) {
            return index == 0 || System.nanoTime() - end < 0;
        }
    }
}
