package org.precertocsp.responder.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.answer.ResponseStore;
import org.precertocsp.responder.renewal.RenewalQueue;
import org.precertocsp.responder.status.Announcements;
import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.CommitMark;
import org.precertocsp.responder.status.CtLogPosition;
import org.precertocsp.responder.status.CtObservation;
import org.precertocsp.responder.status.IdempotencyRecords;
import org.precertocsp.responder.status.ReplicatedStore;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.ServiceStartTimes;
import org.precertocsp.responder.status.StatusDetails;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.task.BackgroundTasks;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The status store on disk. Thread-safe.
///
/// A committed set is written as one batch and synced before [ChangeSet#commit] returns, so it
/// survives a crash of the process and of the machine, whole. Finding a status is one lookup.
public final class RocksStore
        implements StatusStore, ServiceStartTimes, Announcements, IdempotencyRecords {
    private static final Logger LOG = LoggerFactory.getLogger(RocksStore.class);

    private final StoreConfig config;

    // The number of sets known when the store was opened again; used by the holder of the permit.
    private int acknowledged;

    private @Nullable Path temporary;
    private final RocksDatabase database;
    private final IssuerNumbers issuers;
    private final StoreLimits limits;
    private final ChangeEpochs epochs = new ChangeEpochs();
    private final RenewalTriggers due;
    private final @Nullable RocksResponseStore responses;
    private final @Nullable RocksRenewalQueue renewals;
    private final @Nullable RenewalSchedule planned;
    private final Supplier<Optional<String>> full;

    // Belongs to the event loop's thread: the library copies the key.
    private final ThreadLocal<byte[]> lookupKey =
            ThreadLocal.withInitial(() -> new byte[RowKeys.ISSUER_BYTES + RowKeys.MAX_SERIAL]);

    // Not a lock: another thread than the one that began a set may close it.
    private final Semaphore writer = new Semaphore(1, true);

    // Batches of a replica are written while a set is open, which waits for its own to be among
    // them.
    private final ReentrantLock batches = new ReentrantLock();

    /// For a process that is not a server.
    RocksStore(StoreConfig config, RocksDatabase database, StoreLimits limits) {
        this(config, database, limits, BackgroundTasks.logged(), Optional::empty);
    }

    private RocksStore(
            StoreConfig config,
            RocksDatabase database,
            StoreLimits limits,
            BackgroundTasks tasks,
            Supplier<Optional<String>> full) {
        this.config = config;
        this.database = database;
        this.limits = limits;
        this.full = full;
        try {
            this.issuers = IssuerNumbers.read(database);
            PresignTable presign = PresignTable.read(database);
            this.due = new RenewalTriggers(presign);
            if (database.writable()) {
                TemplateTable templates = TemplateTable.read(database);
                RenewalSchedule schedule = new RenewalSchedule(database, templates);
                this.planned = schedule;
                this.responses =
                        new RocksResponseStore(database, issuers, templates, schedule, tasks, full);
                this.renewals =
                        new RocksRenewalQueue(database, issuers, responses, schedule, presign);
            } else {
                this.planned = null;
                this.responses = null;
                this.renewals = null;
            }
        } catch (StoreException e) {
            database.close();
            throw e;
        }
    }

    /// Loads the library in machine code, as opening a store does. Waits while another thread loads
    /// it: RocksDB itself would give up after ten seconds, which a busy machine may need.
    public static synchronized void loadLibrary() {
        RocksDB.loadLibrary();
    }

    /// Opens the store for reading and writing; creates it if there is none.
    ///
    /// @throws StoreLockedException it is open already, in this process or another
    /// @throws StoreException it cannot be read, is not a status store, or a newer program wrote it
    public static RocksStore open(StoreConfig config) throws StoreLockedException {
        return open(config, StoreLimits.USUAL);
    }

    /// As above, for a server.
    ///
    /// @param tasks runs asynchronous writes
    /// @param full why responses must not be stored now, or empty: the disk is nearly full
    public static RocksStore open(
            StoreConfig config, BackgroundTasks tasks, Supplier<Optional<String>> full)
            throws StoreLockedException {
        return new RocksStore(
                config, new StoreOpener(config).writable(), StoreLimits.USUAL, tasks, full);
    }

    static RocksStore open(StoreConfig config, StoreLimits limits) throws StoreLockedException {
        return new RocksStore(config, new StoreOpener(config).writable(), limits);
    }

    /// As [#open(StoreConfig)], for a store whose write-ahead log is damaged: it contains the data
    /// written before the damage. For a caller that knows the required content of the store, and
    /// restores the missing data.
    ///
    /// @throws StoreLockedException it is open already, in this process or another
    /// @throws StoreException as for [#open(StoreConfig)]
    public static RocksStore openDamaged(StoreConfig config) throws StoreLockedException {
        return new RocksStore(config, new StoreOpener(config).damaged(), StoreLimits.USUAL);
    }

    /// An empty store for trials: its files are deleted when it is closed.
    ///
    /// @throws StoreException it cannot be created
    public static RocksStore openTemporary(long cacheBytes) {
        try {
            Path folder = Files.createTempDirectory("precert-ocsp-");
            RocksStore store = open(new StoreConfig(folder, cacheBytes));
            store.temporary = folder;
            return store;
        } catch (IOException | StoreLockedException e) {
            throw new StoreException("a temporary store cannot be created: " + e, e);
        }
    }

    /// Whether there is a store in that directory.
    public static boolean exists(StoreConfig config) {
        return new StoreOpener(config).exists();
    }

    /// Opens the store in its current state, though another process may be writing to it; later
    /// commits are not seen. Leaves no trace on disk. [#begin] fails.
    ///
    /// @throws StoreException there is none, or as for [#open(StoreConfig)]
    public static RocksStore openReadOnly(StoreConfig config) {
        return new RocksStore(config, new StoreOpener(config).readOnly(), StoreLimits.USUAL);
    }

    /// As [#openReadOnly], for a store whose write-ahead log is damaged: with the data that
    /// [#openDamaged] would find.
    ///
    /// @throws StoreException as for [#openReadOnly]
    public static RocksStore openDamagedReadOnly(StoreConfig config) {
        return new RocksStore(config, new StoreOpener(config).damagedReadOnly(), StoreLimits.USUAL);
    }

    @Override
    public Optional<StatusRecord> find(SerialKey key) {
        OptionalInt issuer = issuers.find(key.issuer());
        if (issuer.isEmpty()) {
            database.refuseIfClosed();
            return Optional.empty();
        }
        return database.get(ColumnFamily.STATUS, RowKeys.serial(issuer.getAsInt(), key.serial()))
                .map(bytes -> SerialRows.decode(key, bytes));
    }

    @Override
    public List<Optional<StatusRecord>> findAll(List<SerialKey> keys) {
        List<Optional<StatusRecord>> found =
                new ArrayList<>(Collections.nCopies(keys.size(), Optional.empty()));
        List<Integer> places = new ArrayList<>(keys.size());
        List<byte[]> rows = new ArrayList<>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            OptionalInt issuer = issuers.find(keys.get(i).issuer());
            if (issuer.isPresent()) {
                places.add(i);
                rows.add(RowKeys.serial(issuer.getAsInt(), keys.get(i).serial()));
            }
        }
        List<byte[]> values = database.getAll(ColumnFamily.STATUS, rows);
        for (int i = 0; i < values.size(); i++) {
            int place = places.get(i);
            found.set(
                    place,
                    Optional.ofNullable(values.get(i))
                            .map(bytes -> SerialRows.decode(keys.get(place), bytes)));
        }
        return found;
    }

    @Override
    public boolean isSurelyUnassigned(IssuerKey issuer, byte[] source, int offset, int length) {
        if (length > RowKeys.MAX_SERIAL) {
            return false;
        }
        int number = issuers.numberOf(issuer);
        if (number == 0) {
            database.refuseIfClosed();
            return true;
        }
        byte[] key = lookupKey.get();
        RowKeys.serial(number, source, offset, length, key);
        return database.isSurelyAbsent(ColumnFamily.STATUS, key, RowKeys.ISSUER_BYTES + length);
    }

    @Override
    public ChangeEpochs epochs() {
        return epochs;
    }

    @Override
    public StatusDetails dossier(SerialKey key) {
        OptionalInt issuer = issuers.find(key.issuer());
        if (issuer.isEmpty()) {
            database.refuseIfClosed();
            return new StatusDetails(key, Optional.empty(), List.of(), List.of(), List.of());
        }
        return database.onSnapshot(
                view -> new StatusDetailsReader(view).read(issuer.getAsInt(), key));
    }

    @Override
    public List<Serial> serials(IssuerKey issuer, Optional<Serial> after, int limit) {
        OptionalInt number = issuers.find(issuer);
        if (number.isEmpty()) {
            database.refuseIfClosed();
            return List.of();
        }
        byte[] from =
                after.map(serial -> RowKeys.after(number.getAsInt(), serial))
                        .orElseGet(() -> RowKeys.issuer(number.getAsInt()));
        List<Serial> page = new ArrayList<>();
        database.walk(
                ColumnFamily.STATUS,
                from,
                RowKeys.afterSerials(number.getAsInt()),
                limit,
                (key, _) -> page.add(RowKeys.serialIn(key)));
        return page;
    }

    @Override
    public Instant firstStart(IssuerKey issuer, Instant now) {
        return ServiceStartTable.first(database, issuer, now);
    }

    @Override
    public void sightings(IssuerKey issuer, Consumer<CtObservation> each) {
        OptionalInt number = issuers.find(issuer);
        if (number.isEmpty() || !database.has(ColumnFamily.SIGHTINGS)) {
            database.refuseIfClosed();
            return;
        }
        database.onSnapshot(
                view -> {
                    view.scan(
                            ColumnFamily.SIGHTINGS,
                            RowKeys.issuer(number.getAsInt()),
                            (key, row) ->
                                    each.accept(
                                            RecordCodec.sighting(
                                                    new SerialKey(issuer, RowKeys.serialIn(key)),
                                                    row)));
                    return true;
                });
    }

    @Override
    public List<Announcements.Open> open(IssuerKey issuer, Instant until, int limit) {
        OptionalInt number = issuers.find(issuer);
        if (number.isEmpty()) {
            database.refuseIfClosed();
            return List.of();
        }
        return AnnouncementIndex.read(database, issuer, number.getAsInt(), until, limit);
    }

    @Override
    public void forget(Instant now) {
        IdempotencyTable.forget(database, now);
    }

    @Override
    public ChangeSet begin(ChangeSource source) {
        return tryBegin(source, limits.maxWait())
                .orElseThrow(
                        () ->
                                new StoreException(
                                        "another load has been writing for %s: try again when it is"
                                                        .formatted(limits.maxWait())
                                                + " done",
                                        null));
    }

    /// Also on a store that is open for reading only.
    @Override
    public ChangeSet beginDryRun(ChangeSource source) {
        if (database.writable()) {
            return begin(source);
        }
        database.refuseIfClosed();
        return new RocksChangeSet(database, issuers, source, limits, epochs, due, () -> {});
    }

    @Override
    public Optional<ChangeSet> tryBegin(ChangeSource source, Duration patience) {
        return tryBeginSet(source, patience).map(set -> set);
    }

    Optional<ReplicatedStore.RowSet> tryBeginSet(ChangeSource source, Duration patience) {
        if (!database.writable()) {
            throw new StoreException("the store is open for reading only", null);
        }
        database.refuseIfClosed();
        return awaitTurn(patience) ? Optional.of(newSet(source)) : Optional.empty();
    }

    private RocksChangeSet newSet(ChangeSource source) {
        boolean begun = false;
        try {
            database.refuseIfClosed();
            refuseIfUnwritable();
            exclusively(this::finishEarlier);
            RocksChangeSet set =
                    new RocksChangeSet(
                            database, issuers, source, limits, epochs, due, writer::release);
            begun = true;
            return set;
        } finally {
            if (!begun) {
                writer.release();
            }
        }
    }

    /// Before any record of the set.
    private void refuseIfUnwritable() {
        if (database.writeProblem().isPresent()) {
            writeSomething();
        }
    }

    /// Rewrites an existing row, and waits for the disk.
    private void writeSomething() {
        PendingWrites rows = new PendingWrites(database);
        rows.put(ColumnFamily.META, StoreOpener.SCHEMA_KEY, RecordCodec.number(StoreOpener.SCHEMA));
        rows.write();
    }

    /// Sets the listener for the reason why changes are rejected since a write failed; it receives
    /// an empty reason when they are accepted again. Called by the thread that wrote.
    public void watchWrites(Consumer<Optional<String>> watch) {
        database.watchWrites(watch);
    }

    /// Why changes are rejected since a write failed, or empty. Never waits.
    public Optional<String> writeProblem() {
        return database.writeProblem();
    }

    /// If a write failed, tries to accept changes again. The library recovers from some failures;
    /// after others the store is opened again, as soon as its disk accepts a file: acknowledged
    /// changes are in it, and failed ones may be found complete. All calls fail for that moment.
    /// Waits for the disk; if that does not help, or a set is in progress, call it again.
    public void recover() {
        if (database.writeProblem().isEmpty() || !writer.tryAcquire()) {
            return;
        }
        try {
            exclusively(this::writeOrReopen);
            LOG.info("the store takes changes again");
        } catch (StoreException e) {
            database.stillRefuses(String.valueOf(e.getMessage()));
        } finally {
            writer.release();
        }
    }

    private void writeOrReopen() {
        try {
            writeSomething();
            return;
        } catch (StoreException e) {
            LOG.debug("the store still rejects changes", e);
        }
        try {
            database.scratch().tryDisk();
        } catch (IOException e) {
            throw new StoreException("the disk of the store does not take a file: " + e, e);
        }
        LOG.warn("the store is opened again, since it rejects changes: {}", config.directory());
        rememberSets();
        database.reopen(this::openedAgain);
        issuers.readAgain(database);
        epochs.advanceAll();
        writeSomething();
    }

    private void rememberSets() {
        try {
            acknowledged = Math.max(acknowledged, nextSource(database));
        } catch (StoreException e) {
            LOG.debug("it was closed by an attempt before", e);
        }
    }

    private static int nextSource(RocksDatabase of) {
        return of.get(ColumnFamily.META, RocksChangeSet.NEXT_SOURCE)
                .map(RecordCodec::number)
                .orElse(0);
    }

    /// Rejects a store that has fewer sets than this process saw: then all calls fail.
    private RocksDatabase openedAgain() {
        try {
            RocksDatabase again = new StoreOpener(config).writable();
            if (nextSource(again) < acknowledged) {
                again.close();
                throw new StoreException(
                        "the store in %s lost changes that were acknowledged. Stop the server and run:"
                                        .formatted(config.directory())
                                + " precert-ocsp audit replay -c FILE",
                        null);
            }
            return again;
        } catch (StoreLockedException e) {
            throw new StoreException(String.valueOf(e.getMessage()), e);
        }
    }

    /// The position of [ReplicatedStore#position], also of a store that is only read.
    public Optional<ByteString> replicaPosition() {
        return database.get(ColumnFamily.META, RocksReplica.POSITION_KEY).map(ByteString::of);
    }

    /// This store as a node of a cluster writes it that keeps all rows. Its own sets must not be
    /// committed from then on.
    public ReplicatedStore replica() {
        return replica(RocksReplica.LIMITS);
    }

    ReplicatedStore replica(BulkLimits ofBatch) {
        return new RocksReplica(
                this, database, issuers, due, epochs, RocksReplica.Kept.EVERYTHING, ofBatch);
    }

    /// As [#replica], for a node that keeps the rows from which it answers, and signs nothing: from
    /// then on no response is planned for renewal.
    public ReplicatedStore answeringReplica() {
        writable(planned).stopPlanning();
        return new RocksReplica(
                this,
                database,
                issuers,
                due,
                epochs,
                RocksReplica.Kept.ANSWERS,
                RocksReplica.LIMITS);
    }

    /// The rows that nodes of a cluster share, as they are now.
    ///
    /// @throws StoreException the store cannot be read, or has half of a set
    public RowTables frozenRows() {
        AtomicReference<@Nullable RowTables> frozen = new AtomicReference<>();
        exclusively(
                () -> {
                    if (database.writable()) {
                        finishEarlier();
                    } else if (BulkIntent.read(database).isPresent()) {
                        throw new StoreException(
                                "the newest set of changes is not complete: start the server, which"
                                        + " completes it",
                                null);
                    }
                    frozen.set(new RowTables(database, database.moment()));
                });
        return Objects.requireNonNull(frozen.get());
    }

    /// Takes tables of [RowTables#write] in place of all rows that nodes of a cluster share, with
    /// their position; all or nothing, also if the process ends meanwhile. For a store that serves
    /// nobody yet.
    ///
    /// @param tables moved into the store; named as their families
    /// @param mark the newest set of this node's own audit log in them
    /// @throws StoreException nothing was taken, or all of it will be when the store next opens
    public void replaceRows(
            List<RowTables.Source> tables, ByteString position, Optional<CommitMark> mark) {
        exclusively(
                () -> {
                    finishEarlier();
                    RowTables.replace(database, tables, position, mark);
                });
        issuers.readAgain(database);
        epochs.advanceAll();
    }

    /// Where the store is.
    public Path directory() {
        return config.directory();
    }

    /// A new file inside the store's directory, for tables of [#replaceRows]. The next start
    /// deletes it.
    public Path temporaryFile(String name) {
        return database.scratch().file(name);
    }

    /// Runs while no batch of a replica is written.
    void exclusively(Runnable work) {
        batches.lock();
        try {
            work.run();
        } finally {
            batches.unlock();
        }
    }

    /// Completes a set that failed after it was decided, which must precede any later one.
    void finishEarlier() {
        BulkIntent.read(database)
                .ifPresent(
                        intent -> {
                            database.takingOver(() -> BulkCommit.takeOver(database, intent));
                            epochs.advanceAll();
                        });
    }

    private boolean awaitTurn(Duration patience) {
        try {
            return writer.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while another load was writing", e);
        }
    }

    /// Copies the files of the store, as they are between two sets of changes, into a new directory
    /// of the same file system; see [RocksDatabase#copyFiles]. Until `meanwhile` has returned, no
    /// set begins, so what it reads elsewhere belongs to the copy.
    ///
    /// @param target does not exist yet
    /// @param patience how long to wait for a set in progress
    /// @return false if that set did not end; then nothing was copied
    /// @throws StoreException the copy failed
    public boolean copyFiles(Path target, Duration patience, Runnable meanwhile) {
        // Most of what is in memory while changes still go on: a copy flushes the rest.
        database.flushToTables();
        if (!awaitTurn(patience)) {
            return false;
        }
        try {
            refuseIfUnwritable();
            exclusively(
                    () -> {
                        // The files of a set that is not complete are not tables yet, and would not
                        // be copied.
                        finishEarlier();
                        database.copyFiles(target);
                        meanwhile.run();
                    });
            return true;
        } finally {
            writer.release();
        }
    }

    /// Where a restored store is prepared, inside its directory, which may be a volume of its own.
    /// While this directory exists and the store does not, no other store is created there.
    public static Path restoring(StoreConfig config) {
        return StoreOpener.restoring(config);
    }

    /// Rejects a directory into which a restore was cut short.
    ///
    /// @throws StoreException it was; the message names the remedy
    public static void refuseHalfRestored(StoreConfig config) {
        new StoreOpener(config).refuseHalfRestored();
    }

    /// How far a log has been read, as of the newest committed set.
    ///
    /// @param logId as for [StateKey.LogPosition]
    public Optional<CtLogPosition> logHead(ByteString logId) {
        return database.get(ColumnFamily.META, RowKeys.logHead(logId)).map(RecordCodec::logHead);
    }

    /// The newest set of changes that was committed through the audit log; empty if there is none.
    public Optional<CommitMark> commitMark() {
        return CommitMarkCodec.read(database);
    }

    /// The newest checkpoint of an audit log, stored by [#keepCheckpoint].
    public Optional<String> checkpoint(String log) {
        return database.get(ColumnFamily.META, RowKeys.checkpoint(log))
                .map(text -> new String(text, StandardCharsets.UTF_8));
    }

    /// Stores it separately from the log itself. Survives a crash of the process at once, that of
    /// the machine together with the next set.
    public void keepCheckpoint(String log, String text) {
        try (WriteBatch batch = new WriteBatch()) {
            database.add(
                    batch,
                    ColumnFamily.META,
                    RowKeys.checkpoint(log),
                    text.getBytes(StandardCharsets.UTF_8));
            database.writeSoon(batch);
        } catch (RocksDBException e) {
            throw new StoreException("cannot keep a checkpoint: " + e.getMessage(), e);
        }
    }

    /// The newest time that was signed, stored by [#keepNewestTime].
    public Optional<Instant> newestTime() {
        return database.get(ColumnFamily.META, RowKeys.newestTime())
                .map(text -> Instant.parse(new String(text, StandardCharsets.UTF_8)));
    }

    /// Stores it. Survives a crash of the process at once, that of the machine together with the
    /// next set.
    public void keepNewestTime(Instant time) {
        try (WriteBatch batch = new WriteBatch()) {
            database.add(
                    batch,
                    ColumnFamily.META,
                    RowKeys.newestTime(),
                    time.toString().getBytes(StandardCharsets.UTF_8));
            database.writeSoon(batch);
        } catch (RocksDBException e) {
            throw new StoreException("cannot keep the newest time: " + e.getMessage(), e);
        }
    }

    /// Signed responses, stored without waiting for the disk. Not for a store open for reading
    /// only.
    public ResponseStore responses() {
        return writable(responses);
    }

    /// Stored responses as a node writes them that receives them from others, after
    /// [#answeringReplica]. Not for a store open for reading only.
    public ReceivedResponses receivedResponses() {
        return new ReceivedResponses(database, issuers, writable(planned), full);
    }

    /// The queue of responses to be renewed. Not for a store open for reading only.
    public RenewalQueue renewals() {
        return writable(renewals);
    }

    /// Not for a store open for reading only.
    public StoredResponseCounts responseCounts() {
        WriteBehind.Counts behind = writable(responses).counts();
        return new StoredResponseCounts(
                database.estimate(ColumnFamily.RESPONSES),
                database.estimate(ColumnFamily.RENEWALS),
                behind.written(),
                behind.dropped(),
                behind.waiting(),
                writable(responses).unreadable());
    }

    /// The state of the store on disk and in memory.
    public StoreStatistics figures() {
        return new StoreStatistics(
                database.estimate(ColumnFamily.STATUS),
                database.property("rocksdb.total-sst-files-size"),
                database.property("rocksdb.cur-size-all-mem-tables"),
                database.property("rocksdb.estimate-table-readers-mem"),
                database.property("rocksdb.estimate-pending-compaction-bytes"),
                database.property("rocksdb.num-running-compactions"),
                database.property("rocksdb.background-errors"));
    }

    private static <T> T writable(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("the store is open for reading only");
        }
        return part;
    }

    /// Waits for calls in progress, and for responses to be written. Sets still open fail from now
    /// on and are discarded.
    @Override
    public void close() {
        try {
            if (responses != null) {
                responses.close();
            }
        } finally {
            database.close();
            if (temporary != null) {
                TempDirectory.remove(temporary);
            } else if (!database.writable()) {
                database.scratch().remove();
            }
        }
    }

    /// The time since which the server has answered for each issuer: format (1), seconds since 1970
    /// (8). Keyed by both hashes, since an issuer may be served before it has any stored row.
    static final class ServiceStartTable {
        private static final int FORMAT = 1;

        private ServiceStartTable() {}

        /// The stored time; stores `now`, durably, if there is none yet. Called by one thread at a
        /// time.
        static Instant first(RocksDatabase database, IssuerKey issuer, Instant now) {
            byte[] key = RowKeys.firstStart(IssuerNumbers.Hashes.of(issuer));
            return database.get(ColumnFamily.META, key)
                    .map(ServiceStartTable::decode)
                    .orElseGet(
                            () -> {
                                PendingWrites rows = new PendingWrites(database);
                                rows.put(ColumnFamily.META, key, encode(now));
                                rows.write();
                                return decode(encode(now));
                            });
        }

        private static byte[] encode(Instant at) {
            return new RowWriter().uint8(FORMAT).int64(at.getEpochSecond()).toArray();
        }

        private static Instant decode(byte[] value) {
            RowReader row = new RowReader("first start", value);
            row.format(FORMAT);
            Instant at = Instant.ofEpochSecond(row.int64());
            row.end();
            return at;
        }
    }
}
