package org.precertocsp.responder.cluster;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.FrozenRows;
import org.precertocsp.responder.status.ReplicatedStore;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoredRow;

/// A store on a disk that fails at times.
final class FailingStore implements ReplicatedStore {
    enum Fault {
        NONE,
        /// Nothing is written.
        FULL,
        /// All is written, and the writer hears that nothing was.
        NO_REPLY,
        /// Nothing is written or read.
        BROKEN,
        /// Rows are written after three seconds.
        SLOW
    }

    private final ReplicatedStore store;
    private volatile Fault fault = Fault.NONE;

    FailingStore(ReplicatedStore store) {
        this.store = store;
    }

    void fail(Fault next) {
        fault = next;
    }

    private void refuse(Fault... some) {
        for (Fault each : some) {
            if (each == fault) {
                throw new StoreException("the disk fails: " + fault, null);
            }
        }
    }

    @Override
    public Optional<ByteString> position() {
        refuse(Fault.BROKEN);
        return store.position();
    }

    @Override
    public void keepPosition(ByteString position) {
        refuse(Fault.BROKEN, Fault.FULL);
        store.keepPosition(position);
        refuse(Fault.NO_REPLY);
    }

    @Override
    public boolean isForeign() {
        refuse(Fault.BROKEN);
        return store.isForeign();
    }

    @Override
    public Optional<ByteString> note() {
        refuse(Fault.BROKEN);
        return store.note();
    }

    @Override
    public void keepNote(ByteString note) {
        refuse(Fault.BROKEN, Fault.FULL);
        store.keepNote(note);
        refuse(Fault.NO_REPLY);
    }

    @Override
    public FrozenRows freeze() {
        return store.freeze();
    }

    @Override
    public Optional<RowSet> tryBegin(ChangeSource source, Duration patience) {
        refuse(Fault.BROKEN, Fault.FULL);
        return store.tryBegin(source, patience);
    }

    @Override
    public RowBatch newBatch() {
        RowBatch batch = store.newBatch();
        return new RowBatch() {
            @Override
            public void add(StoredRow row, boolean own) {
                batch.add(row, own);
            }

            @Override
            public long size() {
                return batch.size();
            }

            @Override
            public void write(ByteString position) {
                refuse(Fault.BROKEN, Fault.FULL);
                if (fault == Fault.SLOW) {
                    LockSupport.parkNanos(3_000_000_000L);
                }
                batch.write(position);
                refuse(Fault.NO_REPLY);
            }

            @Override
            public void close() {
                batch.close();
            }
        };
    }
}
