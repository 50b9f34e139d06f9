package org.precertocsp.responder.cluster;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.precertocsp.der.ByteString;

/// A log for the nodes of one process.
final class InMemoryStatusLog implements StatusLog {
    /// Records of one answer: few, so that readers meet the limit.
    private static final int MOST = 100;

    private final List<ByteString> records = new ArrayList<>();
    private ByteString id = newId();
    private long first;
    private boolean closed;

    @Override
    public synchronized void append(ByteString record) throws AppendInDoubtException {
        if (record.length() > ClusterRecord.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a record of %d bytes is too large".formatted(record.length()));
        }
        if (closed) {
            throw new AppendInDoubtException("the log is closed");
        }
        records.add(record);
        notifyAll();
    }

    @Override
    public synchronized Tail tail(long offset, Duration wait)
            throws LogUnavailableException, InterruptedException {
        long deadline = System.nanoTime() + wait.toNanos();
        while (!closed && offset == end()) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                break;
            }
            wait(millis);
        }
        if (closed) {
            throw new LogUnavailableException("the log is closed");
        }
        if (offset < first || offset > end()) {
            return new Tail(id, List.of(), first, end(), offset);
        }
        int from = (int) (offset - first);
        int to = Math.min(records.size(), from + MOST);
        return new Tail(id, records.subList(from, to), first, end(), first + to);
    }

    private static ByteString newId() {
        UUID random = UUID.randomUUID();
        return ByteString.of(
                ByteBuffer.allocate(ID_BYTES)
                        .putLong(random.getMostSignificantBits())
                        .putLong(random.getLeastSignificantBits())
                        .array());
    }

    private long end() {
        return first + records.size();
    }

    /// Deletes the oldest records, as retention does.
    synchronized void deleteBefore(long offset) {
        records.subList(0, (int) (offset - first)).clear();
        first = offset;
    }

    /// Loses everything, as brokers that were set up anew: another log is there, which is empty.
    synchronized void lose() {
        records.clear();
        id = newId();
        first = 0;
        notifyAll();
    }

    /// The same log for another node, which closes it for itself alone.
    StatusLog handle() {
        InMemoryStatusLog shared = this;
        return new StatusLog() {
            @Override
            public void append(ByteString record) throws AppendInDoubtException {
                shared.append(record);
            }

            @Override
            public Tail tail(long offset, Duration wait)
                    throws LogUnavailableException, InterruptedException {
                return shared.tail(offset, wait);
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
