package org.precertocsp.responder.admin.watch;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does something again and again on a thread of its own, until closed. A round that fails is
/// logged, and the next one tries again.
public final class Rounds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
    private static final long STOP_SECONDS = 5;

    private final ScheduledExecutorService thread;

    private Rounds(ScheduledExecutorService thread) {
        this.thread = thread;
    }

    /// @param every from the end of a round to the next; the first is at once
    public static Rounds start(String name, Duration every, Runnable round) {
        Rounds rounds =
                new Rounds(
                        Executors.newSingleThreadScheduledExecutor(
                                Thread.ofPlatform().daemon().name(name).factory()));
        Future<?> _ =
                rounds.thread.scheduleWithFixedDelay(
                        () -> run(name, round), 0, every.toMillis(), TimeUnit.MILLISECONDS);
        return rounds;
    }

    private static void run(String name, Runnable round) {
        try {
            round.run();
        } catch (RuntimeException e) {
            // An exception would end all rounds.
            LOG.error("a round of {} failed", name, e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a round is still under way; it is left alone");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
