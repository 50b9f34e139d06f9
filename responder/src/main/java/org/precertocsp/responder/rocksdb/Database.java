package org.precertocsp.responder.rocksdb;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.StampedLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.status.StoreFailure;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;

/// One open RocksDB. Its calls become [StoreFailure]s when they fail, and after it is closed, where
/// the native library itself would crash the process. Thread-safe.
final class Database implements AutoCloseable {
    /// A call into RocksDB.
    @FunctionalInterface
    private interface Call<T> {
        T run() throws RocksDBException;
    }

    private final RocksDB db;
    private final Map<Family, ColumnFamilyHandle> handles;
    private final Tuning tuning;
    private final boolean writable;

    // Calls hold it shared, closing holds it alone. Not reentrant: no call makes another.
    private final StampedLock gate = new StampedLock();
    private boolean closed;

    /// Takes ownership of all arguments.
    ///
    /// @param handles of every family
    Database(RocksDB db, Map<Family, ColumnFamilyHandle> handles, Tuning tuning, boolean writable) {
        this.db = db;
        this.handles = new EnumMap<>(handles);
        this.tuning = tuning;
        this.writable = writable;
    }

    boolean writable() {
        return writable;
    }

    /// @throws StoreFailure the database is closed
    void refuseIfClosed() {
        inside("look at", () -> true);
    }

    Optional<byte[]> get(Family family, byte[] key) {
        return inside("read", () -> Optional.ofNullable(get(family, key, tuning.reading())));
    }

    boolean isEmpty(Family family) {
        return inside(
                "read",
                () -> {
                    try (RocksIterator rows = db.newIterator(handle(family), tuning.reading())) {
                        rows.seekToFirst();
                        rows.status();
                        return !rows.isValid();
                    }
                });
    }

    void add(WriteBatch to, Family family, byte[] key, byte[] value) throws RocksDBException {
        to.put(handle(family), key, value);
    }

    void addDeletion(WriteBatch to, Family family, byte[] key) throws RocksDBException {
        to.delete(handle(family), key);
    }

    /// Writes all or nothing; on return the write-ahead log is on disk.
    void write(WriteBatch batch) {
        inside(
                "write",
                () -> {
                    db.write(tuning.writing(), batch);
                    return true;
                });
    }

    /// Begins to turn the log into tables in the background, which RocksDB would put off to the
    /// next write: a large batch would be read again from the log at each start until then.
    void beginFlush() {
        inside(
                "flush",
                () -> {
                    flush(false);
                    return true;
                });
    }

    /// Reads one moment's state, whatever is committed meanwhile.
    <T> T onSnapshot(Function<View, T> reading) {
        return inside(
                "read",
                () -> {
                    Snapshot snapshot = db.getSnapshot();
                    try (ReadOptions options = new ReadOptions().setSnapshot(snapshot)) {
                        return reading.apply(new View(options));
                    } finally {
                        db.releaseSnapshot(snapshot);
                    }
                });
    }

    /// The state of one moment; usable only inside [#onSnapshot].
    final class View {
        private final ReadOptions options;

        private View(ReadOptions options) {
            this.options = options;
        }

        Optional<byte[]> get(Family family, byte[] key) {
            try {
                return Optional.ofNullable(Database.this.get(family, key, options));
            } catch (RocksDBException e) {
                throw failure("read", e);
            }
        }

        /// Passes all rows whose key begins with `prefix`, in order of their keys.
        void scan(Family family, byte[] prefix, BiConsumer<byte[], byte[]> row) {
            try (RocksIterator rows = db.newIterator(handle(family), options)) {
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

    private byte @Nullable [] get(Family family, byte[] key, ReadOptions options)
            throws RocksDBException {
        return db.get(handle(family), options, key);
    }

    private ColumnFamilyHandle handle(Family family) {
        ColumnFamilyHandle handle = handles.get(family);
        if (handle == null) {
            throw new IllegalStateException("no column family " + family);
        }
        return handle;
    }

    private <T> T inside(String what, Call<T> call) {
        long stamp = gate.readLock();
        try {
            if (closed) {
                throw new StoreFailure("the store is closed", null);
            }
            return call.run();
        } catch (RocksDBException e) {
            throw failure(what, e);
        } finally {
            gate.unlockRead(stamp);
        }
    }

    private static StoreFailure failure(String what, RocksDBException e) {
        return new StoreFailure("cannot %s the store: %s".formatted(what, e.getMessage()), e);
    }

    /// Waits for calls under way, then writes what is only in the log to tables, so that the next
    /// start is quick. Closing again does nothing.
    ///
    /// @throws StoreFailure tables could not be written; all is closed, and safe in the log
    @Override
    public void close() {
        long stamp = gate.writeLock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            flush(true);
        } catch (RocksDBException e) {
            throw failure("flush", e);
        } finally {
            if (db.isOwningHandle()) {
                release();
            }
            gate.unlockWrite(stamp);
        }
    }

    private void flush(boolean wait) throws RocksDBException {
        if (writable) {
            try (FlushOptions options = new FlushOptions().setWaitForFlush(wait)) {
                db.flush(options, new ArrayList<>(handles.values()));
            }
        }
    }

    private void release() {
        List<AutoCloseable> natives = new ArrayList<>(handles.values());
        natives.add(db);
        natives.add(tuning);
        Natives.close(natives);
    }
}
