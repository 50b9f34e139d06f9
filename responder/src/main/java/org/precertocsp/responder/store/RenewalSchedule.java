package org.precertocsp.responder.store;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.renewal.RenewalPlan;
import org.precertocsp.responder.status.StoreException;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// Writes responses together with the rows of their renewal, one thread at a time.
///
/// The reader of a queue never looks behind its position, since millions of deleted rows lie there.
/// So nothing may be planned behind it: its horizon is moved, and rows are written, under one lock,
/// and a row that would lie behind the horizon is put right after it.
final class RenewalSchedule {
    private static final byte[] ROW = {1};
    private static final byte[] FIRST = {};

    /// After all keys, whose third byte is the number of a lane.
    private static final byte[] END = {-1, -1, -1, -1};

    /// Adds rows to a batch.
    @FunctionalInterface
    interface Writing {
        void addTo(WriteBatch batch) throws RocksDBException;
    }

    private final RocksDatabase database;
    private final TemplateTable templates;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Integer, Long> horizons = new HashMap<>();
    private volatile boolean planning = true;

    RenewalSchedule(RocksDatabase database, TemplateTable templates) {
        this.database = database;
        this.templates = templates;
    }

    /// From now on no renewal is planned: nothing here renews, and the rows would only grow. Those
    /// of before are removed.
    void stopPlanning() {
        planning = false;
        if (!database.isEmpty(ColumnFamily.RENEWALS)) {
            write(batch -> database.addDeletion(batch, ColumnFamily.RENEWALS, FIRST, END));
        }
    }

    /// From now on nothing is planned at `time` or before. Returns the latest such time, in
    /// seconds: never earlier than one returned before.
    long advance(int issuer, Instant time) {
        lock.lock();
        try {
            return horizons.merge(issuer, time.getEpochSecond(), Math::max);
        } finally {
            lock.unlock();
        }
    }

    /// Writes the rows that `writing` adds, atomically, without waiting for the disk.
    void write(Writing writing) {
        lock.lock();
        try (WriteBatch batch = new WriteBatch()) {
            writing.addTo(batch);
            if (batch.count() > 0) {
                database.writeSoon(batch);
                templates.written();
            }
        } catch (RocksDBException e) {
            throw new StoreException("cannot gather responses: " + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }

    /// Called inside [#write].
    void add(WriteBatch batch, int issuer, StoredResponse kept) throws RocksDBException {
        Serial serial = kept.key().serial().serial();
        int form = CertIdVariant.of(kept.key());
        int template = templates.number(kept.essence().template(), batch);
        database.add(
                batch,
                ColumnFamily.RESPONSES,
                RowKeys.response(issuer, serial, form),
                ResponseCodec.encode(kept, template));
        if (planning) {
            plan(batch, issuer, RenewalPlan.of(kept.key(), kept.window()), serial, form);
        }
    }

    /// Called inside [#write].
    void plan(WriteBatch batch, int issuer, Instant time, Serial serial, int form)
            throws RocksDBException {
        long horizon = horizons.getOrDefault(issuer, Long.MIN_VALUE);
        Instant ahead = time.getEpochSecond() > horizon ? time : Instant.ofEpochSecond(horizon + 1);
        int when = RenewalQueueKeys.seconds(ahead);
        byte[] key =
                RenewalQueueKeys.key(issuer, RenewalQueueKeys.LANE_PLANNED, when, serial, form);
        database.add(batch, ColumnFamily.RENEWALS, key, ROW);
    }
}
