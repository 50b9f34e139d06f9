package org.precertocsp.responder.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes queued items on its own thread, in batches. For data that may be lost.
final class WriteBehind<T> implements AutoCloseable {
    /// Since start.
    ///
    /// @param waiting now
    record Counts(long written, long dropped, int waiting) {}

    private static final Logger LOG = LoggerFactory.getLogger(WriteBehind.class);

    /// Some ten MiB of responses: as many as a fast key signs in a quarter of a second.
    private static final int CAPACITY = 16_384;

    private static final int BATCH = 512;
    private static final long LOOK_MILLIS = 100;
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final long COMPLAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final BlockingQueue<T> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final Consumer<List<T>> sink;
    private final BackgroundTasks.Task task;
    private final LongAdder written = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private volatile boolean closed;
    private long complained = System.nanoTime() - COMPLAIN_NANOS;

    /// @param sink may throw [StoreException], which drops the batch; so does any other exception
    WriteBehind(BackgroundTasks tasks, String name, Consumer<List<T>> sink) {
        this.sink = sink;
        this.task =
                tasks.thread(
                        name,
                        () -> {
                            T first = queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                            if (first != null) {
                                write(first);
                            }
                            return Duration.ZERO;
                        });
    }

    /// Never blocks; drops the item if too many wait.
    void offer(T item) {
        if (closed || !queue.offer(item)) {
            dropped.increment();
        }
    }

    /// Counts an item that is not to be written.
    void drop() {
        dropped.increment();
    }

    Counts counts() {
        return new Counts(written.sum(), dropped.sum(), queue.size());
    }

    private void write(T first) {
        List<T> batch = new ArrayList<>(BATCH);
        batch.add(first);
        queue.drainTo(batch, BATCH - 1);
        boolean done = false;
        try {
            sink.accept(batch);
            done = true;
        } catch (StoreException e) {
            if (System.nanoTime() - complained >= COMPLAIN_NANOS) {
                complained = System.nanoTime();
                LOG.error("responses are not kept: {}", e.getMessage());
            }
        } finally {
            (done ? written : dropped).add(batch.size());
        }
    }

    /// Accepts no more, and waits until the queue has been written.
    @Override
    public void close() {
        closed = true;
        // Its wait for an item need not end by itself; a write notices no interrupt.
        task.stopNow();
        long end = System.nanoTime() + STOP.toNanos();
        T next = task.join(STOP) ? queue.poll() : null;
        while (next != null) {
            write(next);
            next = System.nanoTime() - end < 0 ? queue.poll() : null;
        }
        if (!queue.isEmpty()) {
            LOG.warn("{} responses are not kept: the disk is too slow", queue.size());
        }
    }
}
