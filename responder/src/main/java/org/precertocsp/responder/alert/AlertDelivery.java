package org.precertocsp.responder.alert;

import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One channel with its own queue and thread: it may hang without delaying anything else.
final class AlertDelivery implements AutoCloseable {
    /// Maximum number of waiting notices; more than people could read.
    static final int MAX_WAITING = 256;

    private static final int GRACE_SECONDS = 3;

    /// A notice or the end wakes it earlier.
    private static final Duration LOOK = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger(AlertDelivery.class);

    /// Reports the result of a notice.
    interface Outcome {
        void taken(AlertNotification notice, String channel);

        void failed(AlertNotification notice, String channel, String why);
    }

    private final AlertChannel channel;
    private final DeliveryRetryPolicy retries;
    private final Outcome outcome;
    private final Queue<AlertNotification> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final BackgroundTasks.Task task;
    private volatile @Nullable String problem;
    private volatile boolean closing;
    private volatile boolean busy;
    private final CountDownLatch done = new CountDownLatch(1);

    private AlertDelivery(
            BackgroundTasks tasks,
            AlertChannel channel,
            DeliveryRetryPolicy retries,
            Outcome outcome) {
        this.channel = channel;
        this.retries = retries;
        this.outcome = outcome;
        this.task =
                tasks.thread(
                        "alert-" + channel.name(),
                        () -> {
                            deliverNext();
                            return waiting.isEmpty() ? LOOK : Duration.ZERO;
                        });
    }

    static AlertDelivery start(
            BackgroundTasks tasks,
            AlertChannel channel,
            DeliveryRetryPolicy retries,
            Outcome outcome) {
        return new AlertDelivery(tasks, channel, retries, outcome);
    }

    String name() {
        return channel.name();
    }

    boolean forgets() {
        return channel.forgets();
    }

    /// Never blocks. If the queue is full, the notice has failed.
    void offer(AlertNotification notice) {
        if (waiting.offer(notice)) {
            task.wake();
        } else {
            giveUp(notice, "%d notices wait for it already".formatted(MAX_WAITING));
        }
    }

    AlertChannelState state() {
        return new AlertChannelState(
                channel.name(),
                delivered.get(),
                failed.get(),
                waiting.size(),
                Optional.ofNullable(problem));
    }

    private void deliverNext() throws InterruptedException {
        AlertNotification notice = waiting.poll();
        if (notice != null) {
            busy = true;
            boolean told = false;
            try {
                deliver(notice);
                told = true;
            } finally {
                if (!told && !closing) {
                    giveUp(notice, "the channel failed in a way nobody expects; the log says how");
                }
                busy = false;
            }
        }
        if (closing && waiting.isEmpty()) {
            done.countDown();
        }
    }

    private void deliver(AlertNotification notice) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                channel.deliver(notice);
                problem = null;
                // Counted when all of it is done.
                outcome.taken(notice, channel.name());
                delivered.incrementAndGet();
                return;
            } catch (AlertDeliveryException | RuntimeException e) {
                // A channel that throws any other exception is broken, but delivery must continue.
                problem = String.valueOf(e.getMessage());
                if (attempt >= retries.attempts() || closing) {
                    giveUp(notice, String.valueOf(e.getMessage()));
                    return;
                }
                retries.pauseAfter(attempt);
            }
        }
    }

    private void giveUp(AlertNotification notice, String why) {
        problem = why;
        outcome.failed(notice, channel.name(), why);
        failed.incrementAndGet();
    }

    /// Waits briefly for waiting notices to be delivered, then interrupts.
    @Override
    public void close() {
        closing = true;
        task.wake();
        boolean interrupted = Thread.interrupted();
        try {
            if ((problem == null && !done.await(GRACE_SECONDS, TimeUnit.SECONDS)) || busy) {
                LOG.warn("channel {} left {} notices undelivered", channel.name(), waiting.size());
            }
        } catch (InterruptedException _) {
            interrupted = true;
        }
        task.stopNow();
        channel.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
