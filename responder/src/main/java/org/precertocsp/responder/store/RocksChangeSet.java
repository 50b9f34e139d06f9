package org.precertocsp.responder.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.status.ChangeDecision;
import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeRules;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.CommitMark;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.CtLogPosition;
import org.precertocsp.responder.status.CtObservation;
import org.precertocsp.responder.status.IdempotencyRecord;
import org.precertocsp.responder.status.LatestCrl;
import org.precertocsp.responder.status.ReplicatedStore;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoredRow;
import org.precertocsp.responder.status.TooManyChangesException;

/// A change set as rows that are collected until [#commit] writes them together. Later changes are
/// decided against earlier ones of the same set, so each read looks into the collected rows first.
///
/// Most of the time of a load is spent on status lookups. [#applyAll] therefore reads those of many
/// changes together, in the order of the store, on all processors; and a set that begins on an
/// empty store, or contains the first serials of an issuer, reads nothing.
///
/// A small set becomes one synced batch, a large one tables ([PendingWrites], [BulkCommit]). In
/// both cases the change epochs are advanced after that, also if the write failed.
final class RocksChangeSet implements ReplicatedStore.RowSet {
    static final byte[] NEXT_SOURCE = "next source".getBytes(StandardCharsets.US_ASCII);

    // Changes decided together, whose statuses are read in the order of the store: the more, the
    // fewer blocks are read twice. If there is nothing to read, few enough to stay in the cache.
    private static final int LARGE_WINDOW = 1 << 19;
    private static final int SMALL_WINDOW = 1 << 11;
    private static final int BLOCK = 128;

    private enum State {
        OPEN,
        /// A change was applied partly or exceeded the limit: the set can only be closed.
        BROKEN,
        DONE
    }

    private final RocksDatabase database;
    private final IssuerNumbers issuers;
    private final ChangeSource source;
    private final StoreLimits limits;
    private final ChangeEpochs.Gathered changed;
    private final RenewalTriggers due;
    private final Runnable release;
    private final PendingWrites rows;
    private final Map<IssuerNumbers.Hashes, Integer> newIssuers = new HashMap<>();

    private final Map<Integer, Boolean> filledIssuers = new HashMap<>();
    private final boolean emptyAtBegin;

    // Nearly always false: logs are seldom first.
    private final boolean settles;

    // Nearly all changes of a set are of one issuer.
    private @Nullable IssuerKey lastIssuer;
    private int lastNumber;
    private PresignMode lastPresign = PresignMode.NONE;

    private State state = State.OPEN;
    private int effects;
    private int sourceNumber;
    private boolean closed;

    /// @param release called once when the set is closed
    RocksChangeSet(
            RocksDatabase database,
            IssuerNumbers issuers,
            ChangeSource source,
            StoreLimits limits,
            ChangeEpochs epochs,
            RenewalTriggers due,
            Runnable release) {
        this.database = database;
        this.rows = new PendingWrites(database, limits.bulk());
        this.issuers = issuers;
        this.source = source;
        this.limits = limits;
        this.changed = epochs.gather();
        this.due = due;
        this.release = release;
        this.emptyAtBegin = database.isEmpty(ColumnFamily.STATUS);
        this.settles = !source.isLog() && !database.isEmpty(ColumnFamily.SIGHTINGS);
    }

    @Override
    public int lookahead() {
        return emptyAtBegin ? SMALL_WINDOW : LARGE_WINDOW;
    }

    @Override
    public List<ChangeOutcome> applyAll(List<StatusChange> changes) {
        refuseUnlessOpen();
        state = State.BROKEN;
        byte[][] keys = keys(changes);
        StatusPrefetch stored = storedStatuses(changes, keys);
        List<ChangeOutcome> outcomes = new ArrayList<>(changes.size());
        for (int i = 0; i < keys.length; i++) {
            if (i % BLOCK == 0) {
                rows.approach(ColumnFamily.STATUS, keys, i, Math.min(keys.length, i + BLOCK));
            }
            StatusChange change = changes.get(i);
            byte[] status = rows.pending(ColumnFamily.STATUS, keys[i]);
            if (status == null) {
                status = stored.get(i);
            }
            int issuer = issuerNumber(change.key().issuer());
            outcomes.add(
                    judge(new SerialRows(rows, issuer, change.key(), keys[i], status), change));
            settle(change, outcomes.getLast(), keys[i]);
        }
        state = State.OPEN;
        return outcomes;
    }

    // Feeds pass several changes with one key object; an equal one would only be read twice.
    @SuppressWarnings("ReferenceEquality")
    private byte[][] keys(List<StatusChange> changes) {
        byte[][] keys = new byte[changes.size()][];
        for (int i = 0; i < keys.length; i++) {
            SerialKey key = changes.get(i).key();
            keys[i] =
                    i > 0 && changes.get(i - 1).key() == key
                            ? keys[i - 1]
                            : RowKeys.serial(issuerNumber(key.issuer()), key.serial());
        }
        return keys;
    }

    private StatusPrefetch storedStatuses(List<StatusChange> changes, byte[][] keys) {
        StatusPrefetch stored = new StatusPrefetch(database, keys);
        for (int i = 0; i < keys.length; i++) {
            if (mayHold(issuerNumber(changes.get(i).key().issuer()))) {
                stored.want(i);
            }
        }
        stored.read();
        return stored;
    }

    /// False if the store had no row of the issuer when the set began: nothing to look up.
    private boolean mayHold(int issuer) {
        return !emptyAtBegin
                && filledIssuers.computeIfAbsent(
                        issuer, i -> !database.isEmpty(ColumnFamily.STATUS, RowKeys.issuer(i)));
    }

    private ChangeOutcome judge(SerialRows known, StatusChange change) {
        ChangeDecision judgement = ChangeRules.judge(known, change);
        if (!judgement.findings().isEmpty()) {
            // Only stored changes count: a list of any length may repeat known facts.
            if (effects == limits.maxChanges()) {
                throw new TooManyChangesException(limits.maxChanges());
            }
            effects++;
            keep(known, judgement);
        }
        return judgement.outcome();
    }

    /// A log's observation of a serial is settled once a feed of the CA contains the serial.
    private void settle(StatusChange change, ChangeOutcome outcome, byte[] key) {
        if (settles && change instanceof StatusChange.Assign && isTaken(outcome)) {
            Optional<byte[]> row = rows.get(ColumnFamily.SIGHTINGS, key);
            if (row.isPresent()) {
                RecordCodec.sighting(change.key(), row.get())
                        .fed(source.takenIn())
                        .map(RecordCodec::sighting)
                        .ifPresentOrElse(
                                late -> rows.put(ColumnFamily.SIGHTINGS, key, late),
                                () -> rows.delete(ColumnFamily.SIGHTINGS, key));
            }
        }
    }

    private static boolean isTaken(ChangeOutcome outcome) {
        return switch (outcome) {
            case ChangeOutcome.Added _,
                    ChangeOutcome.Changed _,
                    ChangeOutcome.Unchanged _,
                    ChangeOutcome.AddedByRevocation _ ->
                    true;
            case ChangeOutcome.Conflict _, ChangeOutcome.Refused _ -> false;
        };
    }

    private void keep(SerialRows known, ChangeDecision judgement) {
        known.keep(judgement, sourceNumber(), effects);
        if (!judgement.record().equals(known.record())) {
            changed.add(known.serial());
            RenewalTriggers.Change change = known.changeTo(judgement.record());
            RenewalTriggers.add(rows, change, lastPresign, sourceNumber());
            AnnouncementIndex.keep(rows, change);
        }
    }

    // An equal key only takes the longer path.
    @SuppressWarnings("ReferenceEquality")
    private int issuerNumber(IssuerKey issuer) {
        if (issuer != lastIssuer) {
            lastNumber = lookUpNumber(issuer);
            lastPresign = due.presign(issuer);
            lastIssuer = issuer;
        }
        return lastNumber;
    }

    private int lookUpNumber(IssuerKey issuer) {
        return issuers.find(issuer)
                .orElseGet(
                        () ->
                                newIssuers.computeIfAbsent(
                                        IssuerNumbers.Hashes.of(issuer), this::numberNewIssuer));
    }

    private int numberNewIssuer(IssuerNumbers.Hashes hashes) {
        int number = issuers.next(newIssuers.size());
        rows.put(ColumnFamily.ISSUERS, hashes.toDiskKey(), RecordCodec.number(number));
        return number;
    }

    /// The number of this set's feed, stored with the first effect. Numbers increase from set to
    /// set.
    private int sourceNumber() {
        if (sourceNumber == 0) {
            sourceNumber =
                    database.get(ColumnFamily.META, NEXT_SOURCE).map(RecordCodec::number).orElse(1);
            if (sourceNumber < 0) {
                throw new StoreException(
                        "two thousand million files were loaded into the store", null);
            }
            rows.put(ColumnFamily.META, NEXT_SOURCE, RecordCodec.number(sourceNumber + 1));
            rows.put(
                    ColumnFamily.SOURCES,
                    RecordCodec.number(sourceNumber),
                    RecordCodec.source(source));
        }
        return sourceNumber;
    }

    @Override
    public Optional<StatusRecord> find(SerialKey key) {
        refuseUnlessOpen();
        // A lookup assigns no number to an issuer without rows.
        int issuer = issuers.find(key.issuer()).orElse(0);
        if (issuer == 0) {
            issuer = newIssuers.getOrDefault(IssuerNumbers.Hashes.of(key.issuer()), 0);
        }
        return issuer == 0
                ? Optional.empty()
                : rows.get(ColumnFamily.STATUS, RowKeys.serial(issuer, key.serial()))
                        .map(row -> SerialRows.decode(key, row));
    }

    @Override
    public <V> Optional<V> get(StateKey<V> key) {
        refuseUnlessOpen();
        return rows.get(StateCodec.family(key), stateKey(key))
                .map(row -> StateCodec.decode(key, row));
    }

    @Override
    public <V> void put(StateKey<V> key, V value) {
        refuseUnlessOpen();
        rows.put(StateCodec.family(key), stateKey(key), StateCodec.encode(key, value));
        if (key instanceof StateKey.IdempotentReply(ByteString name)
                && value instanceof IdempotencyRecord reply) {
            IdempotencyTable.putExpiry(rows, name, reply);
        }
    }

    @Override
    public void remove(StateKey<?> key) {
        refuseUnlessOpen();
        rows.delete(StateCodec.family(key), stateKey(key));
    }

    private byte[] stateKey(StateKey<?> key) {
        return StateCodec.key(key, this::issuerNumber);
    }

    @Override
    public void commit() {
        refuseUnlessOpen();
        state = State.DONE;
        if (!rows.isEmpty()) {
            write(database, rows, issuers, newIssuers, changed::advance, true);
        }
    }

    /// Makes rows durable and visible.
    ///
    /// @param newIssuers numbered by these rows
    /// @param advance the change epochs of all statuses in them
    /// @param synced false to write a small set without waiting for the disk
    /// @throws StoreException as [ChangeSet#commit]
    static void write(
            RocksDatabase database,
            PendingWrites rows,
            IssuerNumbers issuers,
            Map<IssuerNumbers.Hashes, Integer> newIssuers,
            Runnable advance,
            boolean synced) {
        boolean large = rows.isLarge();
        issuers.add(newIssuers);
        try {
            if (large) {
                rows.prepareTables();
            } else {
                rows.write(synced);
            }
        } catch (StoreException e) {
            issuers.remove(newIssuers);
            throw e;
        } finally {
            // Even if the write failed: the set may be found complete when the store next opens.
            advance.run();
        }
        if (large) {
            takeOver(database, rows, advance);
        }
    }

    private static void takeOver(RocksDatabase database, PendingWrites rows, Runnable advance) {
        try {
            database.takingOver(
                    () ->
                            BulkIntent.read(database)
                                    .ifPresent(intent -> BulkCommit.takeOver(database, intent)));
        } finally {
            advance.run();
        }
        rows.cleanUp();
    }

    @Override
    public Iterator<StoredRow> prepare() {
        refuseUnlessOpen();
        state = State.DONE;
        return PreparedRows.of(rows);
    }

    private void refuseUnlessOpen() {
        database.refuseIfClosed();
        if (state != State.OPEN || closed) {
            throw new IllegalStateException(
                    state == State.BROKEN
                            ? "a change failed: the set can only be closed"
                            : "the set is committed or closed");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                rows.forget();
            } finally {
                release.run();
            }
        }
    }

    /// The status rows of many changes, read together and in the order of their keys: neighbours
    /// share blocks, which are decompressed once. Not thread-safe.
    static final class StatusPrefetch {
        private static final int CHUNK = 1024;

        private final RocksDatabase database;
        private final byte[][] keys;
        private final byte[] @Nullable [] values;
        private final long[] wanted;
        private int count;

        /// @param keys of the changes; those of one array are read once
        StatusPrefetch(RocksDatabase database, byte[][] keys) {
            this.database = database;
            this.keys = keys;
            this.values = new byte[keys.length][];
            this.wanted = new long[keys.length];
        }

        /// True if the store may have a row of that change.
        @SuppressWarnings("ReferenceEquality") // One array for all changes of a serial in a row.
        void want(int change) {
            if (change == 0 || keys[change] != keys[change - 1]) {
                wanted[count++] = start(keys[change]) << 32 | change;
            }
        }

        /// Reads on all processors: the caller is waiting meanwhile.
        @SuppressWarnings("ReferenceEquality")
        void read() {
            Arrays.sort(wanted, 0, count);
            IntStream.range(0, Math.ceilDiv(count, CHUNK)).parallel().forEach(this::readChunk);
            for (int change = 1; change < keys.length; change++) {
                if (keys[change] == keys[change - 1]) {
                    values[change] = values[change - 1];
                }
            }
        }

        private void readChunk(int chunk) {
            int from = chunk * CHUNK;
            int to = Math.min(count, from + CHUNK);
            List<byte[]> batch = new ArrayList<>(to - from);
            for (int i = from; i < to; i++) {
                batch.add(keys[(int) wanted[i]]);
            }
            List<byte[]> found = database.getAll(ColumnFamily.STATUS, batch);
            for (int i = from; i < to; i++) {
                values[(int) wanted[i]] = found.get(i - from);
            }
        }

        /// The first bytes of a key, which give nearly the order of the store: one of the issuer,
        /// three of the serial.
        private static long start(byte[] key) {
            long start = 0;
            for (int i = 1; i < 5; i++) {
                start = start << 8 | (i < key.length ? key[i] & 0xff : 0);
            }
            return start;
        }

        /// The status row of a change, null if there is none.
        byte @Nullable [] get(int change) {
            return values[change];
        }
    }

    /// The key of each [StateKey] in the store, and the encoding of its value.
    static final class StateCodec {
        private StateCodec() {}

        static ColumnFamily family(StateKey<?> key) {
            return switch (key) {
                case StateKey.NewestCrl _ -> ColumnFamily.CRL_HEADS;
                case StateKey.LogObservation _ -> ColumnFamily.SIGHTINGS;
                case StateKey.LogPosition _, StateKey.NewestCommit _, StateKey.IdempotentReply _ ->
                        ColumnFamily.META;
            };
        }

        /// @param issuers their numbers
        static byte[] key(StateKey<?> key, ToIntFunction<IssuerKey> issuers) {
            return switch (key) {
                case StateKey.NewestCrl(CrlScope scope) ->
                        RowKeys.crlHead(issuers.applyAsInt(scope.issuer()), scope.part());
                case StateKey.LogObservation(SerialKey serial) ->
                        RowKeys.serial(issuers.applyAsInt(serial.issuer()), serial.serial());
                case StateKey.LogPosition(ByteString logId) -> RowKeys.logHead(logId);
                case StateKey.NewestCommit _ -> CommitMarkCodec.KEY;
                case StateKey.IdempotentReply(ByteString name) -> IdempotencyTable.key(name);
            };
        }

        static byte[] encode(StateKey<?> key, Object value) {
            return switch (key) {
                case StateKey.NewestCrl _ -> RecordCodec.crlHead((LatestCrl) value);
                case StateKey.LogObservation _ -> RecordCodec.sighting((CtObservation) value);
                case StateKey.LogPosition _ -> RecordCodec.logHead((CtLogPosition) value);
                case StateKey.NewestCommit _ -> CommitMarkCodec.encode((CommitMark) value);
                case StateKey.IdempotentReply _ ->
                        IdempotencyTable.encode((IdempotencyRecord) value);
            };
        }

        static <V> V decode(StateKey<V> key, byte[] row) {
            Object value =
                    switch (key) {
                        case StateKey.NewestCrl _ -> RecordCodec.crlHead(row);
                        case StateKey.LogObservation(SerialKey serial) ->
                                RecordCodec.sighting(serial, row);
                        case StateKey.LogPosition _ -> RecordCodec.logHead(row);
                        case StateKey.NewestCommit _ -> CommitMarkCodec.decode(row);
                        case StateKey.IdempotentReply _ -> IdempotencyTable.decode(row);
                    };
            return key.type().cast(value);
        }
    }
}
