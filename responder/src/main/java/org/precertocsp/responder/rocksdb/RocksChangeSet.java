package org.precertocsp.responder.rocksdb;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeRules;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.FeedSource;
import org.precertocsp.responder.status.Judgement;
import org.precertocsp.responder.status.KeptReply;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.responder.status.TooManyChanges;

/// A change set as rows that are collected until [#commit] writes them together. Later changes are
/// decided against earlier ones of the same set, so each read looks into the collected rows first.
///
/// Most of the time of a load goes into looking statuses up. [#applyAll] therefore reads those of
/// many changes together, in the order of the store, on all processors; and a set that begins on an
/// empty store, or brings the first serials of an issuer, reads nothing.
///
/// A small set becomes one synced batch, a large one tables ([PendingRows], [BulkCommit]). Either
/// way the change epochs are advanced after that, also where writing failed.
final class RocksChangeSet implements ChangeSet {
    static final byte[] NEXT_SOURCE = "next source".getBytes(StandardCharsets.US_ASCII);

    // Of changes judged together, whose statuses are read in the order of the store: the more, the
    // fewer blocks are read twice. Where there is nothing to read, few enough to stay in the cache.
    private static final int LARGE_WINDOW = 1 << 19;
    private static final int SMALL_WINDOW = 1 << 11;
    private static final int BLOCK = 128;

    private enum State {
        OPEN,
        /// A change went in halfway or was one too many: the set can only be closed.
        BROKEN,
        DONE
    }

    private final Database database;
    private final IssuerNumbers issuers;
    private final FeedSource source;
    private final StoreLimits limits;
    private final ChangeEpochs.Gathered changed;
    private final DueRows due;
    private final Runnable release;
    private final PendingRows rows;
    private final Map<IssuerNumbers.Hashes, Integer> newIssuers = new HashMap<>();

    private final Map<Integer, Boolean> filledIssuers = new HashMap<>();
    private final boolean emptyAtBegin;

    // Nearly always false: logs are seldom first.
    private final boolean settles;

    // Nearly all changes of a set are of one issuer.
    private @Nullable IssuerKey lastIssuer;
    private int lastNumber;

    private State state = State.OPEN;
    private int effects;
    private int sourceNumber;
    private boolean closed;

    /// @param release called once when the set is closed
    RocksChangeSet(
            Database database,
            IssuerNumbers issuers,
            FeedSource source,
            StoreLimits limits,
            ChangeEpochs epochs,
            DueRows due,
            Runnable release) {
        this.database = database;
        this.rows = new PendingRows(database, limits.bulk());
        this.issuers = issuers;
        this.source = source;
        this.limits = limits;
        this.changed = epochs.gather();
        this.due = due;
        this.release = release;
        this.emptyAtBegin = database.isEmpty(Family.STATUS);
        this.settles = !source.isLog() && !database.isEmpty(Family.SIGHTINGS);
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
        StoredStatuses stored = storedStatuses(changes, keys);
        List<ChangeOutcome> outcomes = new ArrayList<>(changes.size());
        for (int i = 0; i < keys.length; i++) {
            if (i % BLOCK == 0) {
                rows.approach(Family.STATUS, keys, i, Math.min(keys.length, i + BLOCK));
            }
            StatusChange change = changes.get(i);
            byte[] status = rows.pending(Family.STATUS, keys[i]);
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

    // Feeds bring several facts of one key object; an equal one would only be read twice.
    @SuppressWarnings("ReferenceEquality")
    private byte[][] keys(List<StatusChange> changes) {
        byte[][] keys = new byte[changes.size()][];
        for (int i = 0; i < keys.length; i++) {
            SerialKey key = changes.get(i).key();
            keys[i] =
                    i > 0 && changes.get(i - 1).key() == key
                            ? keys[i - 1]
                            : Keys.serial(issuerNumber(key.issuer()), key.serial());
        }
        return keys;
    }

    private StoredStatuses storedStatuses(List<StatusChange> changes, byte[][] keys) {
        StoredStatuses stored = new StoredStatuses(database, keys);
        for (int i = 0; i < keys.length; i++) {
            if (mayHold(issuerNumber(changes.get(i).key().issuer()))) {
                stored.want(i);
            }
        }
        stored.read();
        return stored;
    }

    /// False where the store had nothing of the issuer when the set began: nothing to look up.
    private boolean mayHold(int issuer) {
        return !emptyAtBegin
                && filledIssuers.computeIfAbsent(
                        issuer, i -> !database.isEmpty(Family.STATUS, Keys.issuer(i)));
    }

    private ChangeOutcome judge(SerialRows known, StatusChange change) {
        Judgement judgement = ChangeRules.judge(known, change);
        if (!judgement.findings().isEmpty()) {
            // Only what is kept counts: a list of any length may repeat what is known.
            if (effects == limits.maxChanges()) {
                throw new TooManyChanges(limits.maxChanges());
            }
            effects++;
            keep(known, judgement);
        }
        return judgement.outcome();
    }

    /// A log's observation of a serial is settled once a feed of the CA brings the serial.
    private void settle(StatusChange change, ChangeOutcome outcome, byte[] key) {
        if (settles && change instanceof StatusChange.Assign && isTaken(outcome)) {
            Optional<byte[]> row = rows.get(Family.SIGHTINGS, key);
            if (row.isPresent()) {
                Rows.sighting(change.key(), row.get())
                        .fed(source.takenIn())
                        .map(Rows::sighting)
                        .ifPresentOrElse(
                                late -> rows.put(Family.SIGHTINGS, key, late),
                                () -> rows.delete(Family.SIGHTINGS, key));
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

    private void keep(SerialRows known, Judgement judgement) {
        known.keep(judgement, sourceNumber(), effects);
        if (!judgement.record().equals(known.record())) {
            changed.add(known.serial());
            DueRows.Change change = known.changeTo(judgement.record());
            due.add(rows, change, sourceNumber());
            AnnouncedRows.keep(rows, change);
        }
    }

    // An equal key only costs the longer way.
    @SuppressWarnings("ReferenceEquality")
    private int issuerNumber(IssuerKey issuer) {
        if (issuer != lastIssuer) {
            lastNumber = lookUpNumber(issuer);
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
        rows.put(Family.ISSUERS, hashes.toDiskKey(), Rows.number(number));
        return number;
    }

    /// The number of this set's feed, stored with the first effect. Numbers rise from set to set.
    private int sourceNumber() {
        if (sourceNumber == 0) {
            sourceNumber = database.get(Family.META, NEXT_SOURCE).map(Rows::number).orElse(1);
            if (sourceNumber < 0) {
                throw new StoreFailure("the store has taken in two thousand million files", null);
            }
            rows.put(Family.META, NEXT_SOURCE, Rows.number(sourceNumber + 1));
            rows.put(Family.SOURCES, Rows.number(sourceNumber), Rows.source(source));
        }
        return sourceNumber;
    }

    @Override
    public Optional<StatusRecord> find(SerialKey key) {
        refuseUnlessOpen();
        // An issuer of which nothing is known gets no number by being asked for.
        int issuer = issuers.find(key.issuer()).orElse(0);
        if (issuer == 0) {
            issuer = newIssuers.getOrDefault(IssuerNumbers.Hashes.of(key.issuer()), 0);
        }
        return issuer == 0
                ? Optional.empty()
                : rows.get(Family.STATUS, Keys.serial(issuer, key.serial()))
                        .map(row -> SerialRows.decode(key, row));
    }

    @Override
    public <V> Optional<V> get(StateKey<V> key) {
        refuseUnlessOpen();
        return rows.get(StateRows.family(key), stateKey(key))
                .map(row -> StateRows.decode(key, row));
    }

    @Override
    public <V> void put(StateKey<V> key, V value) {
        refuseUnlessOpen();
        rows.put(StateRows.family(key), stateKey(key), StateRows.encode(key, value));
        if (key instanceof StateKey.IdempotentReply(Octets name)
                && value instanceof KeptReply reply) {
            ReplyRows.putExpiry(rows, name, reply);
        }
    }

    @Override
    public void remove(StateKey<?> key) {
        refuseUnlessOpen();
        rows.delete(StateRows.family(key), stateKey(key));
    }

    private byte[] stateKey(StateKey<?> key) {
        return StateRows.key(key, this::issuerNumber);
    }

    @Override
    public void commit() {
        refuseUnlessOpen();
        state = State.DONE;
        if (rows.isEmpty()) {
            return;
        }
        boolean large = rows.isLarge();
        issuers.add(newIssuers);
        try {
            if (large) {
                rows.prepareTables();
            } else {
                rows.write();
            }
        } catch (StoreFailure e) {
            issuers.remove(newIssuers);
            throw e;
        } finally {
            // Even where writing failed: what failed may be found whole when the store next opens.
            changed.advance();
        }
        if (large) {
            takeOver();
        }
    }

    private void takeOver() {
        try {
            database.takingOver(
                    () ->
                            BulkIntent.read(database)
                                    .ifPresent(intent -> BulkCommit.takeOver(database, intent)));
        } finally {
            changed.advance();
        }
        rows.cleanUp();
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
}
