package org.precertocsp.responder.cluster.responses;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;

/// A log for the nodes of one process.
public final class InMemoryResponseLog implements ResponseLog {
    /// Records of one answer and partition: few, so that readers meet the limit.
    private static final int MOST = 10;

    private final List<List<ByteString>> partitions = new ArrayList<>();
    private final long[] firsts = new long[PARTITIONS];
    private int nextPartition;
    private boolean closed;
    private boolean away;

    public InMemoryResponseLog() {
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.add(new ArrayList<>());
        }
    }

    /// The log cannot be reached until it can again.
    public synchronized void away(boolean isAway) {
        away = isAway;
        notifyAll();
    }

    /// All records, in no order.
    synchronized List<ByteString> records() {
        return partitions.stream().flatMap(List::stream).toList();
    }

    @Override
    public synchronized void append(List<ByteString> records) throws LogUnavailableException {
        for (ByteString record : records) {
            if (record.length() > MAX_RECORD_BYTES) {
                throw new IllegalArgumentException(
                        "a record of %d bytes is too large".formatted(record.length()));
            }
        }
        refuseIfClosed();
        for (ByteString record : records) {
            nextPartition = (nextPartition + 1) % PARTITIONS;
            partitions.get(nextPartition).add(record);
        }
        notifyAll();
    }

    private void refuseIfClosed() throws LogUnavailableException {
        if (closed || away) {
            throw new LogUnavailableException(closed ? "the log is closed" : "the log is away");
        }
    }

    @Override
    public synchronized Tail tail(List<Long> offsets, Duration wait)
            throws LogUnavailableException, InterruptedException {
        List<Long> from = new ArrayList<>(offsets);
        for (int i = 0; i < PARTITIONS; i++) {
            if (from.get(i) < firsts[i] || from.get(i) > end(i)) {
                from.set(i, firsts[i]);
            }
        }
        long deadline = System.nanoTime() + wait.toNanos();
        while (!closed && !away && behind(from) == 0) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                break;
            }
            wait(millis);
        }
        refuseIfClosed();
        List<ByteString> records = new ArrayList<>();
        List<Long> next = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
            int start = (int) (from.get(i) - firsts[i]);
            int to = Math.min(partitions.get(i).size(), start + MOST);
            records.addAll(partitions.get(i).subList(start, to));
            next.add(firsts[i] + to);
        }
        return new Tail(records, next, behind(next));
    }

    private long end(int partition) {
        return firsts[partition] + partitions.get(partition).size();
    }

    private long behind(List<Long> from) {
        long behind = 0;
        for (int i = 0; i < PARTITIONS; i++) {
            behind += end(i) - from.get(i);
        }
        return behind;
    }

    /// Deletes all records, as retention does.
    synchronized void deleteAll() {
        for (int i = 0; i < PARTITIONS; i++) {
            firsts[i] = end(i);
            partitions.get(i).clear();
        }
    }

    /// The same log for another node, which closes it for itself alone.
    public ResponseLog handle() {
        InMemoryResponseLog shared = this;
        return new ResponseLog() {
            @Override
            public void append(List<ByteString> records) throws LogUnavailableException {
                shared.append(records);
            }

            @Override
            public Tail tail(List<Long> offsets, Duration wait)
                    throws LogUnavailableException, InterruptedException {
                return shared.tail(offsets, wait);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
