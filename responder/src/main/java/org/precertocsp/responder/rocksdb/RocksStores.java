package org.precertocsp.responder.rocksdb;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.answer.ResponseStore;
import org.precertocsp.responder.duty.ServiceStarts;
import org.precertocsp.responder.freshness.RenewalStore;
import org.precertocsp.responder.status.Announcements;
import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.CommitMark;
import org.precertocsp.responder.status.Dossier;
import org.precertocsp.responder.status.FeedSource;
import org.precertocsp.responder.status.KeptReplies;
import org.precertocsp.responder.status.LogHead;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.Sighting;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.responder.status.StoreLocked;
import org.precertocsp.responder.task.BackgroundTasks;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The status store on disk. Thread-safe.
///
/// A committed set is written as one batch and synced before [ChangeSet#commit] returns, so it
/// survives the death of the process and of the machine, whole. Finding a status is one lookup.
public final class RocksStores implements StatusStore, ServiceStarts, Announcements, KeptReplies {
    private static final Logger LOG = LoggerFactory.getLogger(RocksStores.class);

    private final RocksConfig config;

    // The number of sets known when the store was opened again; used by whoever has the permit.
    private int acknowledged;

    private @Nullable Path temporary;
    private final Database database;
    private final IssuerNumbers issuers;
    private final StoreLimits limits;
    private final ChangeEpochs epochs = new ChangeEpochs();
    private final DueRows due;
    private final @Nullable ResponseTable responses;
    private final @Nullable RenewalTable renewals;

    // Of the event loop's thread: the library copies the key.
    private final ThreadLocal<byte[]> lookupKey =
            ThreadLocal.withInitial(() -> new byte[Keys.ISSUER_OCTETS + Keys.MAX_SERIAL]);

    // Not a lock: a set may be closed by another thread than began it.
    private final Semaphore writer = new Semaphore(1, true);

    /// For a process that is no server.
    private RocksStores(RocksConfig config, Database database, StoreLimits limits) {
        this(config, database, limits, BackgroundTasks.logged(), Optional::empty);
    }

    private RocksStores(
            RocksConfig config,
            Database database,
            StoreLimits limits,
            BackgroundTasks tasks,
            Supplier<Optional<String>> full) {
        this.config = config;
        this.database = database;
        this.limits = limits;
        try {
            this.issuers = IssuerNumbers.read(database);
            PresignRows presign = PresignRows.read(database);
            this.due = new DueRows(presign);
            if (database.writable()) {
                Templates templates = Templates.read(database);
                Planned planned = new Planned(database, templates);
                this.responses =
                        new ResponseTable(database, issuers, templates, planned, tasks, full);
                this.renewals = new RenewalTable(database, issuers, responses, planned, presign);
            } else {
                this.responses = null;
                this.renewals = null;
            }
        } catch (StoreFailure e) {
            database.close();
            throw e;
        }
    }

    /// Opens the store for reading and writing; creates it where there is none.
    ///
    /// @throws StoreLocked it is open already, in this process or another
    /// @throws StoreFailure it cannot be read, is not a status store, or a newer program wrote it
    public static RocksStores open(RocksConfig config) throws StoreLocked {
        return open(config, StoreLimits.USUAL);
    }

    /// As above, for a server.
    ///
    /// @param tasks runs what writes behind
    /// @param full why responses must not be kept now, or empty: there is little room left
    public static RocksStores open(
            RocksConfig config, BackgroundTasks tasks, Supplier<Optional<String>> full)
            throws StoreLocked {
        return new RocksStores(
                config, new Opening(config).writable(), StoreLimits.USUAL, tasks, full);
    }

    static RocksStores open(RocksConfig config, StoreLimits limits) throws StoreLocked {
        return new RocksStores(config, new Opening(config).writable(), limits);
    }

    /// As [#open(RocksConfig)], for a store whose write-ahead log is damaged: it has what was
    /// written before the damage. For who knows what the store must have, and brings it what it
    /// lacks.
    ///
    /// @throws StoreLocked it is open already, in this process or another
    /// @throws StoreFailure as for [#open(RocksConfig)]
    public static RocksStores openDamaged(RocksConfig config) throws StoreLocked {
        return new RocksStores(config, new Opening(config).damaged(), StoreLimits.USUAL);
    }

    /// An empty store, for what is only tried out: its files go when it is closed.
    ///
    /// @throws StoreFailure it cannot be created
    public static RocksStores openTemporary(long cacheBytes) {
        try {
            Path folder = Files.createTempDirectory("precert-ocsp-");
            RocksStores store = open(new RocksConfig(folder, cacheBytes));
            store.temporary = folder;
            return store;
        } catch (IOException | StoreLocked e) {
            throw new StoreFailure("a temporary store cannot be created: " + e, e);
        }
    }

    /// Whether there is a store in that place.
    public static boolean exists(RocksConfig config) {
        return new Opening(config).exists();
    }

    /// Opens the store as it is now, though another process may be writing to it; what is committed
    /// later is not seen. Leaves no trace on disk. [#begin] fails.
    ///
    /// @throws StoreFailure there is none, or as for [#open(RocksConfig)]
    public static RocksStores openReadOnly(RocksConfig config) {
        return new RocksStores(config, new Opening(config).readOnly(), StoreLimits.USUAL);
    }

    /// As [#openReadOnly], for a store whose write-ahead log is damaged: what [#openDamaged] would
    /// find.
    ///
    /// @throws StoreFailure as for [#openReadOnly]
    public static RocksStores openDamagedReadOnly(RocksConfig config) {
        return new RocksStores(config, new Opening(config).damagedReadOnly(), StoreLimits.USUAL);
    }

    @Override
    public Optional<StatusRecord> find(SerialKey key) {
        OptionalInt issuer = issuers.find(key.issuer());
        if (issuer.isEmpty()) {
            database.refuseIfClosed();
            return Optional.empty();
        }
        return database.get(Family.STATUS, Keys.serial(issuer.getAsInt(), key.serial()))
                .map(bytes -> SerialRows.decode(key, bytes));
    }

    @Override
    public boolean isSurelyUnassigned(IssuerKey issuer, byte[] source, int offset, int length) {
        if (length > Keys.MAX_SERIAL) {
            return false;
        }
        int number = issuers.numberOf(issuer);
        if (number == 0) {
            database.refuseIfClosed();
            return true;
        }
        byte[] key = lookupKey.get();
        Keys.serial(number, source, offset, length, key);
        return database.isSurelyAbsent(Family.STATUS, key, Keys.ISSUER_OCTETS + length);
    }

    @Override
    public ChangeEpochs epochs() {
        return epochs;
    }

    @Override
    public Dossier dossier(SerialKey key) {
        OptionalInt issuer = issuers.find(key.issuer());
        if (issuer.isEmpty()) {
            database.refuseIfClosed();
            return new Dossier(key, Optional.empty(), List.of(), List.of(), List.of());
        }
        return database.onSnapshot(view -> new DossierReader(view).read(issuer.getAsInt(), key));
    }

    @Override
    public List<Serial> serials(IssuerKey issuer, Optional<Serial> after, int limit) {
        OptionalInt number = issuers.find(issuer);
        if (number.isEmpty()) {
            database.refuseIfClosed();
            return List.of();
        }
        byte[] from =
                after.map(serial -> Keys.after(number.getAsInt(), serial))
                        .orElseGet(() -> Keys.issuer(number.getAsInt()));
        List<Serial> page = new ArrayList<>();
        database.walk(
                Family.STATUS,
                from,
                Keys.afterSerials(number.getAsInt()),
                limit,
                (key, _) -> page.add(Keys.serialIn(key)));
        return page;
    }

    @Override
    public Instant firstStart(IssuerKey issuer, Instant now) {
        return StartRows.first(database, issuer, now);
    }

    @Override
    public void sightings(IssuerKey issuer, Consumer<Sighting> each) {
        OptionalInt number = issuers.find(issuer);
        if (number.isEmpty() || !database.has(Family.SIGHTINGS)) {
            database.refuseIfClosed();
            return;
        }
        database.onSnapshot(
                view -> {
                    view.scan(
                            Family.SIGHTINGS,
                            Keys.issuer(number.getAsInt()),
                            (key, row) ->
                                    each.accept(
                                            Rows.sighting(
                                                    new SerialKey(issuer, Keys.serialIn(key)),
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
        return AnnouncedRows.read(database, issuer, number.getAsInt(), until, limit);
    }

    @Override
    public void forget(Instant now) {
        ReplyRows.forget(database, now);
    }

    @Override
    public ChangeSet begin(FeedSource source) {
        return tryBegin(source, limits.maxWait())
                .orElseThrow(
                        () ->
                                new StoreFailure(
                                        "another load has been writing for %s: try again when it is"
                                                        .formatted(limits.maxWait())
                                                + " done",
                                        null));
    }

    /// Also on a store that is open for reading only.
    @Override
    public ChangeSet beginDryRun(FeedSource source) {
        if (database.writable()) {
            return begin(source);
        }
        database.refuseIfClosed();
        return new RocksChangeSet(database, issuers, source, limits, epochs, due, () -> {});
    }

    @Override
    public Optional<ChangeSet> tryBegin(FeedSource source, Duration patience) {
        if (!database.writable()) {
            throw new StoreFailure("the store is open for reading only", null);
        }
        database.refuseIfClosed();
        return awaitTurn(patience) ? Optional.of(newSet(source)) : Optional.empty();
    }

    private ChangeSet newSet(FeedSource source) {
        boolean begun = false;
        try {
            database.refuseIfClosed();
            refuseIfUnwritable();
            finishEarlier();
            ChangeSet set =
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

    /// Before anything is recorded of the set.
    private void refuseIfUnwritable() {
        if (database.writeProblem().isPresent()) {
            writeSomething();
        }
    }

    /// A row that is there already, and waits for the disk.
    private void writeSomething() {
        PendingRows rows = new PendingRows(database);
        rows.put(Family.META, Opening.SCHEMA_KEY, Rows.number(Opening.SCHEMA));
        rows.write();
    }

    /// Has somebody told why changes are refused since a write failed, and, with nothing, that they
    /// are taken again. Called by the thread that wrote.
    public void watchWrites(Consumer<Optional<String>> watch) {
        database.watchWrites(watch);
    }

    /// Why changes are refused since a write failed, or empty. Never waits.
    public Optional<String> writeProblem() {
        return database.writeProblem();
    }

    /// Where a write failed, tries to take changes again. From some failures the library recovers;
    /// after others the store is opened again, as soon as its disk takes a file: what was
    /// acknowledged is in it, and what failed may be found whole. All calls fail for that moment.
    /// Waits for the disk; where that does not help, or a set is under way, it is to be called
    /// again.
    public void recover() {
        if (database.writeProblem().isEmpty() || !writer.tryAcquire()) {
            return;
        }
        try {
            writeOrReopen();
            LOG.info("the store takes changes again");
        } catch (StoreFailure e) {
            database.stillRefuses(String.valueOf(e.getMessage()));
        } finally {
            writer.release();
        }
    }

    private void writeOrReopen() {
        try {
            writeSomething();
            return;
        } catch (StoreFailure e) {
            LOG.debug("the store still refuses changes", e);
        }
        try {
            database.scratch().tryDisk();
        } catch (IOException e) {
            throw new StoreFailure("the disk of the store does not take a file: " + e, e);
        }
        LOG.warn("the store is opened again, since it refuses changes: {}", config.directory());
        rememberSets();
        database.reopen(this::openedAgain);
        issuers.readAgain(database);
        epochs.advanceAll();
        writeSomething();
    }

    private void rememberSets() {
        try {
            acknowledged = Math.max(acknowledged, nextSource(database));
        } catch (StoreFailure e) {
            LOG.debug("it was closed by an attempt before", e);
        }
    }

    private static int nextSource(Database of) {
        return of.get(Family.META, RocksChangeSet.NEXT_SOURCE).map(Rows::number).orElse(0);
    }

    /// Refuses one that has fewer sets than this process saw: then nothing is answered any more.
    private Database openedAgain() {
        try {
            Database again = new Opening(config).writable();
            if (nextSource(again) < acknowledged) {
                again.close();
                throw new StoreFailure(
                        "the store in %s lost changes that were acknowledged. Stop the server and run:"
                                        .formatted(config.directory())
                                + " precert-ocsp audit replay -c FILE",
                        null);
            }
            return again;
        } catch (StoreLocked e) {
            throw new StoreFailure(String.valueOf(e.getMessage()), e);
        }
    }

    /// Completes a set that failed after it was decided, which must come before any later one.
    private void finishEarlier() {
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
            throw new StoreFailure("interrupted while another load was writing", e);
        }
    }

    /// How far a log has been taken in, as the newest committed set left it.
    ///
    /// @param logId as for [StateKey.LogPosition]
    public Optional<LogHead> logHead(Octets logId) {
        return database.get(Family.META, Keys.logHead(logId)).map(Rows::logHead);
    }

    /// The newest set of changes that was committed through the audit log; empty if there is none.
    public Optional<CommitMark> commitMark() {
        return CommitMarkRow.read(database);
    }

    /// The newest checkpoint of an audit log, as [#keepCheckpoint] was given it.
    public Optional<String> checkpoint(String log) {
        return database.get(Family.META, Keys.checkpoint(log))
                .map(text -> new String(text, StandardCharsets.UTF_8));
    }

    /// Keeps it apart from the log itself. Survives the death of the process at once, that of the
    /// machine together with the next set.
    public void keepCheckpoint(String log, String text) {
        try (WriteBatch batch = new WriteBatch()) {
            database.add(
                    batch,
                    Family.META,
                    Keys.checkpoint(log),
                    text.getBytes(StandardCharsets.UTF_8));
            database.writeSoon(batch);
        } catch (RocksDBException e) {
            throw new StoreFailure("cannot keep a checkpoint: " + e.getMessage(), e);
        }
    }

    /// The newest time that was signed, as [#keepNewestTime] was given it.
    public Optional<Instant> newestTime() {
        return database.get(Family.META, Keys.newestTime())
                .map(text -> Instant.parse(new String(text, StandardCharsets.UTF_8)));
    }

    /// Remembers it. Survives the death of the process at once, that of the machine together with
    /// the next set.
    public void keepNewestTime(Instant time) {
        try (WriteBatch batch = new WriteBatch()) {
            database.add(
                    batch,
                    Family.META,
                    Keys.newestTime(),
                    time.toString().getBytes(StandardCharsets.UTF_8));
            database.writeSoon(batch);
        } catch (RocksDBException e) {
            throw new StoreFailure("cannot keep the newest time: " + e.getMessage(), e);
        }
    }

    /// Signed responses, kept without waiting for the disk. Not for a store open for reading only.
    public ResponseStore responses() {
        return writable(responses);
    }

    /// The queue of responses to be renewed. Not for a store open for reading only.
    public RenewalStore renewals() {
        return writable(renewals);
    }

    /// Not for a store open for reading only.
    public ResponseCounts responseCounts() {
        WriteBehind.Counts behind = writable(responses).counts();
        return new ResponseCounts(
                database.estimate(Family.RESPONSES),
                database.estimate(Family.RENEWALS),
                behind.written(),
                behind.dropped(),
                behind.waiting(),
                writable(responses).unreadable());
    }

    /// How the store fares on disk and in memory.
    public StoreFigures figures() {
        return new StoreFigures(
                database.estimate(Family.STATUS),
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

    /// Waits for calls under way, and for responses to be written. Sets still open fail from here
    /// on and are forgotten.
    @Override
    public void close() {
        try {
            if (responses != null) {
                responses.close();
            }
        } finally {
            database.close();
            if (temporary != null) {
                Scratch.remove(temporary);
            } else if (!database.writable()) {
                database.scratch().remove();
            }
        }
    }
}
