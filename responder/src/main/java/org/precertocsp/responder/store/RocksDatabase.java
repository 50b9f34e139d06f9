package org.precertocsp.responder.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.status.StoreException;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One open RocksDB. Its calls throw [StoreException] when they fail, and after it is closed, when
/// the native library itself would crash the process. Thread-safe.
final class RocksDatabase implements AutoCloseable {
    /// A call into RocksDB.
    @FunctionalInterface
    private interface Call<T> {
        T run() throws RocksDBException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(RocksDatabase.class);
    private static final byte[] NOWHERE = {};
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(30);

    /// Of a disk that turns, some milliseconds.
    private static final long READ_AHEAD = 2L << 20;

    /// The native objects of one opening; freed together.
    private record Natively(
            RocksDB db, Map<ColumnFamily, ColumnFamilyHandle> handles, RocksOptions tuning) {
        void release() {
            List<AutoCloseable> all = new ArrayList<>(handles.values());
            all.add(db);
            all.add(tuning);
            NativeResources.close(all);
        }
    }

    // Read inside the guard, replaced while it is shut.
    private Natively opened;
    private final TempDirectory scratch;
    private final boolean writable;

    private final CloseGuard gate = new CloseGuard();
    private boolean closed;

    /// Why changes are rejected, or null.
    private volatile @Nullable String writeProblem;

    private volatile Consumer<Optional<String>> writeWatch = _ -> {};

    // Held exclusively while a set is written to one family after the other, shared to begin
    // reading several.
    private final ReadWriteLock moment = new ReentrantReadWriteLock();

    // Guarded by it.
    private boolean halfTaken;

    /// Takes ownership of all arguments.
    ///
    /// @param handles of every family
    RocksDatabase(
            RocksDB db,
            Map<ColumnFamily, ColumnFamilyHandle> handles,
            RocksOptions tuning,
            TempDirectory scratch,
            boolean writable) {
        this.scratch = scratch;
        this.opened = new Natively(db, new EnumMap<>(handles), tuning);
        this.writable = writable;
    }

    boolean writable() {
        return writable;
    }

    /// False if the store is open for reading only, and an older program wrote it.
    boolean has(ColumnFamily family) {
        return opened.handles().containsKey(family);
    }

    /// @throws StoreException the database is closed
    void refuseIfClosed() {
        gate.leave(gate.enter());
    }

    Optional<byte[]> get(ColumnFamily family, byte[] key) {
        return inside(
                "read", () -> Optional.ofNullable(get(family, key, opened.tuning().reading())));
    }

    /// Whether memory alone shows that there is no such row: tables keep their filters there. Does
    /// no I/O. False for a row that exists; for one in a thousand that do not, it is false unless
    /// the block that would contain the row is cached. If the lookup fails it is false, too: the
    /// caller then reads the row and receives the failure.
    boolean isSurelyAbsent(ColumnFamily family, byte[] key, int length) {
        int stripe = gate.enter();
        try {
            ColumnFamilyHandle handle = handle(family);
            ReadOptions memory = opened.tuning().readingMemory();
            // Most rows requested exist, and are not cached: get would report that with an
            // exception, which costs more than the rest of the request. keyMayExist in turn reports
            // failures as absence.
            return !opened.db().keyMayExist(handle, memory, key, 0, length, null)
                    && opened.db().get(handle, memory, key, 0, length, NOWHERE, 0, 0)
                            == RocksDB.NOT_FOUND;
        } catch (RocksDBException _) {
            return false;
        } finally {
            gate.leave(stripe);
        }
    }

    boolean isEmpty(ColumnFamily family) {
        return isEmpty(family, new byte[0]);
    }

    /// Whether no row's key begins with `prefix`.
    boolean isEmpty(ColumnFamily family, byte[] prefix) {
        return inside(
                "read",
                () -> {
                    try (RocksIterator rows =
                            opened.db().newIterator(handle(family), opened.tuning().reading())) {
                        rows.seek(prefix);
                        rows.status();
                        return !rows.isValid() || !View.begins(rows.key(), prefix);
                    }
                });
    }

    /// The values of many keys; null if there is no such row. Fastest for keys in order.
    List<byte[]> getAll(ColumnFamily family, List<byte[]> keys) {
        if (keys.isEmpty()) {
            // The library rejects such a call.
            refuseIfClosed();
            return List.of();
        }
        return inside(
                "read",
                () ->
                        opened.db()
                                .multiGetAsList(
                                        opened.tuning().reading(),
                                        Collections.nCopies(keys.size(), handle(family)),
                                        keys));
    }

    // Inside the guard, though nothing is read: a handle that was freed would crash the process.
    // The batch remains valid for every opening of the store.
    void add(WriteBatch to, ColumnFamily family, byte[] key, byte[] value) throws RocksDBException {
        int stripe = gate.enter();
        try {
            to.put(handle(family), key, value);
        } finally {
            gate.leave(stripe);
        }
    }

    void addDeletion(WriteBatch to, ColumnFamily family, byte[] key) throws RocksDBException {
        int stripe = gate.enter();
        try {
            to.delete(handle(family), key);
        } finally {
            gate.leave(stripe);
        }
    }

    /// Writes all or nothing; on return the write-ahead log is on disk.
    void write(WriteBatch batch) {
        insideWriting(
                "write",
                () -> {
                    opened.db().write(opened.tuning().writing(), batch);
                    return true;
                });
    }

    /// Writes all or nothing, without waiting for the disk: survives a crash of the process, but a
    /// crash of the machine only if a later [#write] made it durable.
    void writeSoon(WriteBatch batch) {
        insideWriting(
                "write",
                () -> {
                    opened.db().write(opened.tuning().writingSoon(), batch);
                    return true;
                });
    }

    void addDeletion(WriteBatch to, ColumnFamily family, byte[] from, byte[] until)
            throws RocksDBException {
        int stripe = gate.enter();
        try {
            to.deleteRange(handle(family), from, until);
        } finally {
            gate.leave(stripe);
        }
    }

    /// Passes at most `limit` rows with from ≤ key < until, in order of their keys. Deleted rows
    /// before `from` cost nothing, even thousands of them.
    ///
    /// @return true if there were no more
    boolean walk(
            ColumnFamily family,
            byte[] from,
            byte[] until,
            int limit,
            BiConsumer<byte[], byte[]> row) {
        return inside("read", () -> walkRows(family, from, until, limit, row));
    }

    private boolean walkRows(
            ColumnFamily family,
            byte[] from,
            byte[] until,
            int limit,
            BiConsumer<byte[], byte[]> row)
            throws RocksDBException {
        try (Slice lower = new Slice(from);
                Slice upper = new Slice(until);
                ReadOptions options =
                        new ReadOptions().setIterateLowerBound(lower).setIterateUpperBound(upper);
                RocksIterator rows = rowsOfMoment(family, options)) {
            int passed = 0;
            for (rows.seek(from); rows.isValid() && passed < limit; rows.next()) {
                row.accept(rows.key(), rows.value());
                passed++;
            }
            rows.status();
            return !rows.isValid();
        }
    }

    /// Passes the rows whose keys are one of the prefixes and one byte more, which is below `end`.
    /// One iterator moves from prefix to prefix: for rows near each other a seventh of what a
    /// lookup of each possible key costs.
    ///
    /// @param prefixes in order
    void walkAll(
            ColumnFamily family, List<byte[]> prefixes, int end, BiConsumer<byte[], byte[]> row) {
        if (prefixes.isEmpty()) {
            return;
        }
        inside(
                "read",
                () -> {
                    try (ReadOptions options = new ReadOptions();
                            RocksIterator rows = rowsOfMoment(family, options)) {
                        byte[] before = NOWHERE;
                        for (byte[] prefix : prefixes) {
                            byte[] from = Arrays.copyOf(prefix, prefix.length + 1);
                            // After the rows of `before`, among which those of longer prefixes lie,
                            // the iterator often stands at the next row wanted, or at the end.
                            if (View.begins(prefix, before)
                                    || (rows.isValid()
                                            && Arrays.compareUnsigned(rows.key(), from) < 0)) {
                                rows.seek(from);
                            }
                            walkAll(rows, prefix, from, end, row);
                            before = prefix;
                        }
                        rows.status();
                        return true;
                    }
                });
    }

    /// @param rows at the first row that does not come before `from`
    /// @param from the prefix and a zero; overwritten
    private static void walkAll(
            RocksIterator rows,
            byte[] prefix,
            byte[] from,
            int end,
            BiConsumer<byte[], byte[]> row) {
        while (rows.isValid()) {
            byte[] key = rows.key();
            boolean begins = key.length >= from.length && View.begins(key, prefix);
            int last = begins ? key[prefix.length] & 0xff : end;
            if (last >= end) {
                return;
            }
            if (key.length == from.length) {
                row.accept(key, rows.value());
                rows.next();
            } else {
                // Longer keys that begin the same may be many.
                from[prefix.length] = (byte) (last + 1);
                rows.seek(from);
            }
        }
    }

    private RocksIterator rowsOfMoment(ColumnFamily family, ReadOptions options) {
        moment.readLock().lock();
        try {
            if (halfTaken) {
                throw new StoreException("a load is not complete: load something again", null);
            }
            return opened.db().newIterator(handle(family), options);
        } finally {
            moment.readLock().unlock();
        }
    }

    /// Approximate number of rows, from the tables' own counts.
    long estimate(ColumnFamily family) {
        return inside(
                "count",
                () -> opened.db().getLongProperty(handle(family), "rocksdb.estimate-num-keys"));
    }

    /// A property of the library, summed over all families.
    long property(String name) {
        return inside("look", () -> opened.db().getAggregatedLongProperty(name));
    }

    /// The directory in which tables are prepared.
    TempDirectory scratch() {
        return scratch;
    }

    /// The options for tables of that family; to be closed.
    Options tableOptions(ColumnFamily family) {
        return new Options(opened.tuning().database(), opened.tuning().of(family));
    }

    /// Ingests files of sorted rows, all at once and durable on return. Missing files were ingested
    /// before.
    void ingest(ColumnFamily family, List<String> names) {
        List<String> files =
                names.stream()
                        .map(scratch::existing)
                        .filter(Files::exists)
                        .map(Path::toString)
                        .toList();
        if (files.isEmpty()) {
            return;
        }
        insideWriting(
                "take files into",
                () -> {
                    try (IngestExternalFileOptions options =
                            new IngestExternalFileOptions()
                                    .setMoveFiles(true)
                                    // A file passed again after a crash is by then a table, too: it
                                    // must not be written to.
                                    .setWriteGlobalSeqno(false)) {
                        opened.db().ingestExternalFile(handle(family), files, options);
                        return true;
                    }
                });
    }

    /// Writes what is in memory to tables.
    void flushToTables() {
        inside(
                "flush",
                () -> {
                    flush();
                    return true;
                });
    }

    /// Copies the files of this moment into a new directory of the same file system: finished
    /// tables as hard links where it has them, so that a copy of any size takes no time and hardly
    /// any space.
    ///
    /// @param target does not exist yet
    void copyFiles(Path target) {
        inside(
                "copy the files of",
                () -> {
                    try (Checkpoint checkpoint = Checkpoint.create(opened.db())) {
                        checkpoint.createCheckpoint(target.toString());
                        return true;
                    }
                });
    }

    /// Prevents snapshots and iterations meanwhile. If the change fails, iterations stay blocked
    /// until it has succeeded: a renewal would be made of the previous status, and its row be gone
    /// when the new status appears.
    void takingOver(Runnable change) {
        moment.writeLock().lock();
        try {
            halfTaken = true;
            change.run();
            halfTaken = false;
        } finally {
            moment.writeLock().unlock();
        }
    }

    private Snapshot snapshot() {
        moment.readLock().lock();
        try {
            return opened.db().getSnapshot();
        } finally {
            moment.readLock().unlock();
        }
    }

    /// Reads a consistent snapshot, whatever is committed meanwhile.
    <T> T onSnapshot(Function<View, T> reading) {
        return inside(
                "read",
                () -> {
                    Snapshot snapshot = snapshot();
                    try (ReadOptions options = new ReadOptions().setSnapshot(snapshot)) {
                        return reading.apply(new View(options));
                    } finally {
                        opened.db().releaseSnapshot(snapshot);
                    }
                });
    }

    /// The state of this moment, read in many short calls however long that takes. To be closed.
    Moment moment() {
        return inside("read", () -> new Moment(opened, snapshot()));
    }

    /// As [View], but not inside one call: the store can be closed or opened again meanwhile, after
    /// which nothing more can be read. Not thread-safe.
    final class Moment implements AutoCloseable {
        private final Natively of;
        private final Snapshot snapshot;
        private boolean released;

        private Moment(Natively of, Snapshot snapshot) {
            this.of = of;
            this.snapshot = snapshot;
        }

        /// Passes rows in order of their keys, without filling the cache with them.
        ///
        /// @return the key at which to go on; empty if there are no more
        Optional<byte[]> walk(
                ColumnFamily family, byte[] from, int limit, BiConsumer<byte[], byte[]> row) {
            return inside("read", () -> walkInside(family, from, limit, row));
        }

        private Optional<byte[]> walkInside(
                ColumnFamily family, byte[] from, int limit, BiConsumer<byte[], byte[]> row)
                throws RocksDBException {
            if (released || !isOpen()) {
                throw new StoreException("the store was opened again meanwhile", null);
            }
            try (ReadOptions options =
                            new ReadOptions()
                                    .setSnapshot(snapshot)
                                    .setFillCache(false)
                                    .setReadaheadSize(READ_AHEAD);
                    RocksIterator rows = opened.db().newIterator(handle(family), options)) {
                int passed = 0;
                for (rows.seek(from); rows.isValid() && passed < limit; rows.next()) {
                    row.accept(rows.key(), rows.value());
                    passed++;
                }
                rows.status();
                return rows.isValid() ? Optional.of(rows.key()) : Optional.empty();
            }
        }

        /// Whether it is still the same opening.
        @SuppressWarnings("ReferenceEquality")
        private boolean isOpen() {
            return of == opened;
        }

        Optional<byte[]> get(ColumnFamily family, byte[] key) {
            List<byte[]> found = new ArrayList<>();
            walk(
                    family,
                    key,
                    1,
                    (at, value) -> {
                        if (Arrays.equals(at, key)) {
                            found.add(value);
                        }
                    });
            return found.stream().findFirst();
        }

        @Override
        public void close() {
            if (released) {
                return;
            }
            released = true;
            try {
                inside(
                        "read",
                        () -> {
                            if (isOpen()) {
                                opened.db().releaseSnapshot(snapshot);
                            }
                            return true;
                        });
            } catch (StoreException _) {
                // Closed: it was released with everything else.
            }
        }
    }

    /// The state at one moment; usable only inside [#onSnapshot].
    final class View {
        private final ReadOptions options;

        private View(ReadOptions options) {
            this.options = options;
        }

        Optional<byte[]> get(ColumnFamily family, byte[] key) {
            try {
                return Optional.ofNullable(RocksDatabase.this.get(family, key, options));
            } catch (RocksDBException e) {
                throw failure("read", e);
            }
        }

        /// Passes all rows whose key begins with `prefix`, in order of their keys.
        void scan(ColumnFamily family, byte[] prefix, BiConsumer<byte[], byte[]> row) {
            try (RocksIterator rows = opened.db().newIterator(handle(family), options)) {
                for (rows.seek(prefix); rows.isValid() && begins(rows.key(), prefix); rows.next()) {
                    row.accept(rows.key(), rows.value());
                }
                rows.status();
            } catch (RocksDBException e) {
                throw failure("read", e);
            }
        }

        private static boolean begins(byte[] key, byte[] prefix) {
            return key.length >= prefix.length
                    && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
        }
    }

    private byte @Nullable [] get(ColumnFamily family, byte[] key, ReadOptions options)
            throws RocksDBException {
        return opened.db().get(handle(family), options, key);
    }

    private ColumnFamilyHandle handle(ColumnFamily family) {
        ColumnFamilyHandle handle = opened.handles().get(family);
        if (handle == null) {
            throw new IllegalStateException("no column family " + family);
        }
        return handle;
    }

    private <T> T inside(String what, Call<T> call) {
        int stripe = gate.enter();
        try {
            return call.run();
        } catch (RocksDBException e) {
            throw failure(what, e);
        } finally {
            gate.leave(stripe);
        }
    }

    private static StoreException failure(String what, RocksDBException e) {
        return new StoreException("cannot %s the store: %s".formatted(what, e.getMessage()), e);
    }

    /// Sets the listener for the reason why changes are rejected; it receives an empty reason when
    /// they are accepted again.
    void watchWrites(Consumer<Optional<String>> watch) {
        this.writeWatch = watch;
    }

    /// Why changes are rejected since a write failed, or empty. Never waits.
    Optional<String> writeProblem() {
        return Optional.ofNullable(writeProblem);
    }

    private <T> T insideWriting(String what, Call<T> call) {
        T result;
        try {
            result = inside(what, call);
        } catch (StoreException e) {
            if (e.getCause() instanceof RocksDBException) {
                writeFailed(String.valueOf(e.getMessage()));
            }
            throw e;
        }
        if (writeProblem != null) {
            writeProblem = null;
            writeWatch.accept(Optional.empty());
        }
        return result;
    }

    private void writeFailed(String why) {
        boolean changed = !why.equals(writeProblem);
        writeProblem = why;
        if (changed) {
            writeWatch.accept(Optional.of(why));
        }
    }

    /// A new attempt to accept changes failed; reported if the reason is another.
    void stillRefuses(String why) {
        if (!why.equals(writeProblem)) {
            LOG.warn("the store cannot take changes yet: {}", why);
            writeFailed(why);
        }
    }

    /// Replaces this opening of the store by another, and frees this one. Meanwhile, and from then
    /// on if that fails, all calls fail.
    ///
    /// @param opening returns a database that no other code uses
    /// @throws StoreException it cannot be opened; try again
    synchronized void reopen(Supplier<RocksDatabase> opening) {
        if (closed) {
            throw new StoreException("the store is closed", null);
        }
        switch (gate.shut(CLOSE_WAIT)) {
            case EMPTY -> opened.release();
            case STILL_INSIDE -> {
                gate.reopen();
                throw new StoreException(
                        "calls into the store do not end within " + CLOSE_WAIT, null);
            }
            case BEFORE -> {
                // An earlier attempt released it.
            }
        }
        opened = opening.get().opened;
        // A set that was written partly is completed when a store opens.
        takingOver(() -> {});
        gate.reopen();
    }

    /// Waits for calls in progress, then flushes the log to tables, so that the next start is
    /// quick. Idempotent.
    ///
    /// @throws StoreException tables could not be written; the database is closed, and all data is
    ///   safe in the log. Or a call in progress does not end in half a minute; then nothing is
    ///   freed
    @Override
    public synchronized void close() {
        closed = true;
        switch (gate.shut(CLOSE_WAIT)) {
            case BEFORE -> {
                return;
            }
            case STILL_INSIDE ->
                    throw new StoreException(
                            "calls into the store do not end within %s: it is left open, and what was"
                                            .formatted(CLOSE_WAIT)
                                    + " committed is safe in its log",
                            null);
            case EMPTY -> {}
        }
        try {
            flush();
        } catch (RocksDBException e) {
            throw failure("flush", e);
        } finally {
            opened.release();
        }
    }

    private void flush() throws RocksDBException {
        if (writable) {
            try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
                opened.db().flush(options, new ArrayList<>(opened.handles().values()));
            }
        }
    }
}
