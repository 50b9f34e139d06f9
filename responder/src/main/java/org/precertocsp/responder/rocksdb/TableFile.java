package org.precertocsp.responder.rocksdb;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.rocksdb.DirectSlice;
import org.rocksdb.EnvOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileWriter;

/// A table as it is written: rows in their order, each key once. Not thread-safe.
///
/// Rows are copied to where the library looks anyway. Showing it each row where it lies costs half
/// as much again, since it then asks the Java machine about two buffers for each.
final class TableFile implements AutoCloseable {
    private static final int MOST_OCTETS = 1 << 12;

    private final Deque<AutoCloseable> natives = new ArrayDeque<>();
    private final SstFileWriter writer;
    private final Part key;
    private final Part value;

    /// @param options taken over, closed with the file
    TableFile(Path path, Options options) throws RocksDBException {
        natives.push(options);
        EnvOptions environment = new EnvOptions();
        natives.push(environment);
        this.writer = new SstFileWriter(environment, options);
        natives.push(writer);
        this.key = new Part();
        natives.push(key.slice);
        this.value = new Part();
        natives.push(value.slice);
        try {
            writer.open(path.toString());
        } catch (RocksDBException e) {
            close();
            throw e;
        }
    }

    /// Key or value of the row at hand.
    private static final class Part {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(MOST_OCTETS);
        final DirectSlice slice = new DirectSlice(buffer, 0);
        private int length;

        void set(ByteBuffer source) {
            int next = source.remaining();
            buffer.put(0, source, source.position(), next);
            if (next != length) {
                slice.setLength(next);
                length = next;
            }
        }
    }

    void put(SortedRun.Cursor row) throws RocksDBException {
        ByteBuffer rowKey = row.keyView();
        ByteBuffer rowValue = row.valueView();
        if (rowKey.remaining() > MOST_OCTETS || rowValue.remaining() > MOST_OCTETS) {
            writer.put(rowKey, rowValue);
        } else {
            key.set(rowKey);
            value.set(rowValue);
            writer.put(key.slice, value.slice);
        }
    }

    void delete(SortedRun.Cursor row) throws RocksDBException {
        writer.delete(row.key());
    }

    /// Ends the file, synced and not merely written.
    void finish() throws RocksDBException {
        writer.finish();
    }

    @Override
    public void close() {
        Natives.close(natives);
    }
}
