package org.precertocsp.responder.rocksdb;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.precertocsp.responder.status.StoreFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes on a thread of its own what others leave here, in batches. For what may be lost.
final class WriteBehind<T> implements AutoCloseable {
    /// Since start.
    ///
    /// @param waiting now
    record Counts(long written, long dropped, int waiting) {}

    private static final Logger LOG = LoggerFactory.getLogger(WriteBehind.class);

    /// Some ten MiB of responses: what a fast key signs in a quarter of a second.
    private static final int CAPACITY = 16_384;

    private static final int BATCH = 512;
    private static final long LOOK_MILLIS = 100;
    private static final long STOP_SECONDS = 10;
    private static final long COMPLAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final BlockingQueue<T> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final Consumer<List<T>> sink;
    private final Thread thread;
    private final LongAdder written = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private volatile boolean closed;
    private long complained = System.nanoTime() - COMPLAIN_NANOS;

    /// @param sink may throw [StoreFailure], which drops the batch
    WriteBehind(String name, Consumer<List<T>> sink) {
        this.sink = sink;
        this.thread = Thread.ofPlatform().daemon().name(name).start(this::run);
    }

    /// Never blocks; drops the item where too many wait.
    void offer(T item) {
        if (closed || !queue.offer(item)) {
            dropped.increment();
        }
    }

    Counts counts() {
        return new Counts(written.sum(), dropped.sum(), queue.size());
    }

    private void run() {
        List<T> batch = new ArrayList<>(BATCH);
        while (!closed || !queue.isEmpty()) {
            try {
                T first = queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    batch.add(first);
                    queue.drainTo(batch, BATCH - 1);
                    write(batch);
                    batch.clear();
                }
            } catch (InterruptedException _) {
                // Nobody interrupts it but a process that ends; what waits is still written.
                closed = true;
            }
        }
    }

    private void write(List<T> batch) {
        try {
            sink.accept(batch);
            written.add(batch.size());
        } catch (StoreFailure e) {
            dropped.add(batch.size());
            if (System.nanoTime() - complained >= COMPLAIN_NANOS) {
                complained = System.nanoTime();
                LOG.error("responses are not kept: {}", e.getMessage());
            }
        }
    }

    /// Takes no more, and waits until what there is has been written.
    @Override
    public void close() {
        closed = true;
        try {
            if (!thread.join(Duration.ofSeconds(STOP_SECONDS))) {
                LOG.warn("{} responses are not kept: the disk is too slow", queue.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
