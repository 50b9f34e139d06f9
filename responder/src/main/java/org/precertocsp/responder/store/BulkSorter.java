package org.precertocsp.responder.store;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.status.StoreLockedException;

/// The sorter of large sets ([PendingWrites]) by itself, so that it can be measured beside others.
/// It gathers the rows of one set in an empty store, and never commits them. Not thread-safe.
public final class BulkSorter implements AutoCloseable {
    private static final ColumnFamily FAMILY = ColumnFamily.STATUS;
    private static final long CACHE_BYTES = 8 << 20;

    private final RocksDatabase database;
    private final PendingWrites rows;

    private BulkSorter(RocksDatabase database) {
        this.database = database;
        this.rows = new PendingWrites(database);
    }

    /// Called for each row; what the buffers contain is valid until it returns.
    @FunctionalInterface
    public interface RowConsumer {
        /// Takes the next row.
        void accept(ByteBuffer key, ByteBuffer value);
    }

    /// @param directory of a store, created if absent
    public static BulkSorter open(Path directory) throws StoreLockedException {
        return new BulkSorter(new StoreOpener(new StoreConfig(directory, CACHE_BYTES)).writable());
    }

    /// Adds a row, or replaces the one with that key.
    public void put(byte[] key, byte[] value) {
        rows.put(FAMILY, key, value);
    }

    /// The value of a row added before, or null.
    public byte @Nullable [] get(byte[] key) {
        return rows.pending(FAMILY, key);
    }

    /// Reads all rows in the order of their keys. No row can be added afterwards.
    public void forEachInOrder(RowConsumer consumer) {
        BulkCommit.RunMergeIterator sorted = rows.sorted(FAMILY);
        while (sorted.next()) {
            consumer.accept(sorted.row().keyView(), sorted.row().valueView());
        }
    }

    /// Deletes the rows.
    @Override
    public void close() {
        try {
            rows.forget();
        } finally {
            database.close();
        }
    }
}
