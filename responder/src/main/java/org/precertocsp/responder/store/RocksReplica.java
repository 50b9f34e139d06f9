package org.precertocsp.responder.store;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.FrozenRows;
import org.precertocsp.responder.status.ReplicatedStore;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoredRow;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// The store as a node of a cluster writes it: rows that come from a log, together with the
/// position in it.
///
/// A batch becomes one synced write, or tables if it is large, as a set on a single node does. The
/// position is a row among the others, so it is written with them in both cases: in the batch that
/// contains the intent, if there are tables.
///
/// What a row means is needed twice: a changed status advances its change epoch, and on a node that
/// signs it triggers a renewal. Both follow from the rows alone, so no more is sent.
final class RocksReplica implements ReplicatedStore {
    /// Which rows a node keeps, and how safely.
    enum Kept {
        /// All, and waits for the disk: what it has acknowledged must survive on it.
        EVERYTHING(
                EnumSet.complementOf(EnumSet.of(ColumnFamily.RESPONSES, ColumnFamily.RENEWALS)),
                true),
        /// Those it answers from. What a crash of its machine loses it reads again, and says
        /// nothing before that which needs to be current.
        ANSWERS(
                EnumSet.of(ColumnFamily.STATUS, ColumnFamily.ISSUERS, ColumnFamily.TEMPLATES),
                false);

        private final Set<ColumnFamily> families;
        private final boolean synced;

        Kept(Set<ColumnFamily> families, boolean synced) {
            this.families = families;
            this.synced = synced;
        }

        boolean keeps(ColumnFamily family) {
            return families.contains(family);
        }
    }

    static final byte[] POSITION_KEY = "cluster position".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] NOTE_KEY = "cluster note".getBytes(StandardCharsets.US_ASCII);

    // A batch has less memory than a load of a single node, since an answering node has less.
    static final BulkLimits LIMITS = new BulkLimits(100_000, 500_000, 200_000, 1L << 26);

    private final RocksStore store;
    private final RocksDatabase database;
    private final IssuerNumbers issuers;
    private final RenewalTriggers due;
    private final ChangeEpochs epochs;
    private final Kept kept;
    private final BulkLimits limits;

    RocksReplica(
            RocksStore store,
            RocksDatabase database,
            IssuerNumbers issuers,
            RenewalTriggers due,
            ChangeEpochs epochs,
            Kept kept,
            BulkLimits limits) {
        this.store = store;
        this.database = database;
        this.issuers = issuers;
        this.due = due;
        this.epochs = epochs;
        this.kept = kept;
        this.limits = limits;
    }

    @Override
    public Optional<ByteString> position() {
        // The position of a batch that is not complete yet is in the store before its rows.
        store.exclusively(store::finishEarlier);
        return database.get(ColumnFamily.META, POSITION_KEY).map(ByteString::of);
    }

    @Override
    public boolean isForeign() {
        return database.get(ColumnFamily.META, POSITION_KEY).isEmpty()
                && !database.isEmpty(ColumnFamily.STATUS);
    }

    @Override
    public void keepPosition(ByteString position) {
        try (WriteBatch batch = new WriteBatch()) {
            database.add(batch, ColumnFamily.META, POSITION_KEY, position.toArray());
            database.writeSoon(batch);
        } catch (RocksDBException e) {
            throw new StoreException("cannot keep the position: " + e.getMessage(), e);
        }
    }

    @Override
    public FrozenRows freeze() {
        return store.frozenRows();
    }

    @Override
    public Optional<ByteString> note() {
        return database.get(ColumnFamily.META, NOTE_KEY).map(ByteString::of);
    }

    @Override
    public void keepNote(ByteString note) {
        try (WriteBatch batch = new WriteBatch()) {
            database.add(batch, ColumnFamily.META, NOTE_KEY, note.toArray());
            database.write(batch);
        } catch (RocksDBException e) {
            throw new StoreException("cannot keep a note: " + e.getMessage(), e);
        }
    }

    @Override
    public Optional<RowSet> tryBegin(ChangeSource source, Duration patience) {
        return store.tryBeginSet(source, patience);
    }

    @Override
    public RowBatch newBatch() {
        return new Batch();
    }

    private final class Batch implements RowBatch {
        private final PendingWrites rows = new PendingWrites(database, limits);
        private final ChangeEpochs.Gathered changed = epochs.gather();
        private final Map<IssuerNumbers.Hashes, Integer> newIssuers = new HashMap<>();
        private final Map<Integer, IssuerNumbers.Hashes> byNumber = new HashMap<>();
        private boolean allChanged;
        private int source;
        private long size;

        Batch() {
            issuers.all().forEach((hashes, number) -> byNumber.put(number, hashes));
        }

        @Override
        public void add(StoredRow row, boolean own) {
            ColumnFamily family = ColumnFamily.ofCode((byte) row.family().code());
            byte[] key = row.key().toArray();
            // Another node's audit log has other marks.
            boolean foreign = !own && Arrays.equals(key, CommitMarkCodec.KEY);
            if (!kept.families.contains(family) || foreign) {
                return;
            }
            size++;
            if (row.value().isEmpty()) {
                keep(family, key, Optional.empty());
                rows.delete(family, key);
            } else {
                byte[] value = row.value().get().toArray();
                if (value.length == 0) {
                    throw new StoreException("a row of %s has no value".formatted(family), null);
                }
                keep(family, key, Optional.of(value));
                rows.put(family, key, value);
            }
        }

        /// Adds what follows from a row that is about to be added.
        private void keep(ColumnFamily family, byte[] key, Optional<byte[]> value) {
            switch (family) {
                case STATUS -> keepStatus(key, value);
                case ISSUERS -> value.ifPresent(number -> keepIssuer(key, number));
                case META -> {
                    if (Arrays.equals(key, RocksChangeSet.NEXT_SOURCE)) {
                        source = value.map(RecordCodec::number).orElse(1) - 1;
                    }
                }
                default -> {
                    // Read with a status, or not for answers.
                }
            }
        }

        private void keepIssuer(byte[] key, byte[] value) {
            IssuerNumbers.Hashes hashes = IssuerNumbers.hashes(key);
            int number = RecordCodec.number(value);
            if (byNumber.put(number, hashes) == null) {
                newIssuers.put(hashes, number);
            }
        }

        private void keepStatus(byte[] key, Optional<byte[]> value) {
            if (key.length <= RowKeys.ISSUER_BYTES) {
                throw new StoreException("a status has a key of %d".formatted(key.length), null);
            }
            int issuer = RowKeys.issuerIn(key);
            Serial serial = RowKeys.serialIn(key);
            IssuerNumbers.Hashes hashes = byNumber.get(issuer);
            if (hashes == null) {
                // Its number comes later.
                allChanged = true;
                return;
            }
            changed.add(hashes.hashOfIssuer(), serial);
            if (kept == Kept.EVERYTHING) {
                keepRenewal(hashes, issuer, serial, key, value);
            }
        }

        private void keepRenewal(
                IssuerNumbers.Hashes hashes,
                int issuer,
                Serial serial,
                byte[] key,
                Optional<byte[]> value) {
            PresignMode mode = due.presign(hashes);
            if (mode != PresignMode.NONE) {
                Optional<StatusRecord> before =
                        rows.get(ColumnFamily.STATUS, key).map(StatusCodec::decode);
                Optional<StatusRecord> after = value.map(StatusCodec::decode);
                RenewalTriggers.add(
                        rows,
                        new RenewalTriggers.Change(serial, issuer, before, after),
                        mode,
                        source());
            }
        }

        private int source() {
            if (source == 0) {
                source =
                        database.get(ColumnFamily.META, RocksChangeSet.NEXT_SOURCE)
                                        .map(RecordCodec::number)
                                        .orElse(1)
                                - 1;
            }
            return source;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public void write(ByteString position) {
            rows.put(ColumnFamily.META, POSITION_KEY, position.toArray());
            store.exclusively(
                    () -> {
                        store.finishEarlier();
                        RocksChangeSet.write(
                                database, rows, issuers, newIssuers, this::advance, kept.synced);
                    });
        }

        private void advance() {
            if (allChanged) {
                epochs.advanceAll();
            } else {
                changed.advance();
            }
        }

        @Override
        public void close() {
            rows.forget();
        }
    }
}
