package org.precertocsp.responder.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.precertocsp.der.ByteString;

/// A log as one node reaches it, between good and bad: appends may be lost, late, doubled or pass
/// each other, and the node may be cut off. Thread-safe.
final class FaultyLog implements StatusLog {
    /// What becomes of an append.
    enum Fault {
        NONE,
        /// It never arrives, and its writer does not know.
        LOST,
        /// It arrives with [FaultyLog#arrive], and its writer does not know.
        LATE,
        /// It arrives, and its writer does not know.
        UNKNOWN,
        DOUBLED,
        /// It arrives after the next one.
        PASSED
    }

    private final InMemoryStatusLog shared;
    private final List<Fault> next = new ArrayList<>();
    private final List<ByteString> late = new ArrayList<>();
    private final List<ByteString> passed = new ArrayList<>();
    private Random random = new Random(0);
    private int faultsPerThousand;
    private volatile boolean cut;

    FaultyLog(InMemoryStatusLog shared) {
        this.shared = shared;
    }

    /// The faults of the next changes, in their order; beats and claims have none of them.
    synchronized void plan(Fault... faults) {
        next.addAll(List.of(faults));
    }

    /// From now on any record may have any fault.
    synchronized void randomly(long seed, int perThousand) {
        random = new Random(seed);
        faultsPerThousand = perThousand;
    }

    void cut(boolean off) {
        cut = off;
    }

    /// What is late arrives.
    synchronized void arrive() throws AppendInDoubtException {
        for (ByteString record : late) {
            shared.append(record);
        }
        late.clear();
    }

    private Fault fault(ByteString record) {
        if (!next.isEmpty()
                && TestRecords.VERIFIER.open(record)
                        instanceof
                        RecordVerifier.Opened.Genuine(ClusterRecord.Change _, ByteString _)) {
            return next.removeFirst();
        }
        return random.nextInt(1_000) < faultsPerThousand
                ? Fault.values()[random.nextInt(Fault.values().length)]
                : Fault.NONE;
    }

    @Override
    public synchronized void append(ByteString record) throws AppendInDoubtException {
        if (cut) {
            throw new AppendInDoubtException("cut off");
        }
        switch (fault(record)) {
            case NONE -> arrived(record);
            case LOST -> throw new AppendInDoubtException("lost");
            case LATE -> {
                late.add(record);
                throw new AppendInDoubtException("late");
            }
            case UNKNOWN -> {
                arrived(record);
                throw new AppendInDoubtException("unknown");
            }
            case DOUBLED -> {
                arrived(record);
                arrived(record);
            }
            case PASSED -> passed.add(record);
        }
        if (faultsPerThousand > 0 && random.nextInt(20) == 0) {
            arrive();
        }
    }

    private void arrived(ByteString record) throws AppendInDoubtException {
        shared.append(record);
        for (ByteString before : passed) {
            shared.append(before);
        }
        passed.clear();
    }

    @Override
    public Tail tail(long offset, Duration wait)
            throws LogUnavailableException, InterruptedException {
        if (cut) {
            throw new LogUnavailableException("cut off");
        }
        Tail tail = shared.tail(offset, wait);
        if (cut) {
            // The answer does not arrive.
            throw new LogUnavailableException("cut off");
        }
        return tail;
    }

    @Override
    public void close() {}
}
