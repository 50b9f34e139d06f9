package org.precertocsp.responder.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Rows of a set that were moved from memory to a file, sorted by family and key; each key once.
/// Found through a sparse index.
///
/// A row is: family (1), length of key (2), length of value (4), key, value. Thread-safe except for
/// writing.
final class SortedRun {
    /// Family, length of key, length of value.
    static final int HEADER = 1 + 2 + 4;

    private static final int INDEXED_EACH = 64;
    // A key may be read eight bytes at a time, beyond its end.
    private static final int PADDING = 8;

    private final MappedByteBuffer rows;
    private final int end;
    private final int[] index;

    private SortedRun(MappedByteBuffer rows, int[] index) {
        this.rows = rows;
        this.end = rows.limit() - PADDING;
        this.index = index;
    }

    /// Writes one run, row after row in order.
    static final class Writer implements AutoCloseable {
        private final FileChannel channel;
        private final byte[] buffer = new byte[1 << 20];
        private int filled;
        private int[] index = new int[1024];
        private int count;
        private int position;

        Writer(Path file) throws IOException {
            this.channel =
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
        }

        /// @param source holds the row as in the file, `length` bytes at `offset`
        void row(byte[] source, int offset, int length) throws IOException {
            if (count % INDEXED_EACH == 0) {
                if (count / INDEXED_EACH == index.length) {
                    index = Arrays.copyOf(index, 2 * index.length);
                }
                index[count / INDEXED_EACH] = position;
            }
            count++;
            position = Math.addExact(position, length);
            write(source, offset, length);
        }

        private void write(byte[] source, int offset, int length) throws IOException {
            int done = 0;
            while (done < length) {
                if (filled == buffer.length) {
                    flush();
                }
                int step = Math.min(buffer.length - filled, length - done);
                System.arraycopy(source, offset + done, buffer, filled, step);
                filled += step;
                done += step;
            }
        }

        private void flush() throws IOException {
            ByteBuffer rest = ByteBuffer.wrap(buffer, 0, filled);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            filled = 0;
        }

        SortedRun finish() throws IOException {
            write(new byte[PADDING], 0, PADDING);
            flush();
            int marks = (count + INDEXED_EACH - 1) / INDEXED_EACH;
            return new SortedRun(
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()),
                    Arrays.copyOf(index, marks));
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /// The value of a key, empty if the key was deleted; null if it is not in the run.
    byte @Nullable [] get(ColumnFamily family, byte[] key) {
        int at = seek(family, key);
        if (at == end || compare(at, family, key) != 0) {
            return null;
        }
        byte[] value = new byte[valueLength(at)];
        rows.get(at + HEADER + keyLength(at), value);
        return value;
    }

    /// Rows from the first one not before the key.
    Cursor from(ColumnFamily family, byte[] key) {
        return new Cursor(seek(family, key), end);
    }

    /// Approximate number of rows of a family in this run.
    long estimate(ColumnFamily family) {
        return (long) INDEXED_EACH * (1 + mark(family.code() + 1) - mark(family.code()));
    }

    /// The key of about the `part`th of `parts` equal parts of a family.
    byte[] quantile(ColumnFamily family, int part, int parts) {
        int first = mark(family.code());
        int last = mark(family.code() + 1);
        int at = first + (int) ((long) (last - first) * part / parts);
        Cursor cursor = new Cursor(at < index.length ? index[at] : end, end);
        return cursor.valid() && cursor.family() == family ? cursor.key() : new byte[0];
    }

    /// The first mark not before a family.
    private int mark(int family) {
        int low = 0;
        int high = index.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (rows.get(index[middle]) < family) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int seek(ColumnFamily family, byte[] key) {
        int low = 0;
        int high = index.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (compare(index[middle], family, key) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        int at = index.length == 0 ? end : index[low];
        while (at < end && compare(at, family, key) < 0) {
            at += HEADER + keyLength(at) + valueLength(at);
        }
        return at;
    }

    /// Compares a row's family and key with others.
    private int compare(int at, ColumnFamily family, byte[] key) {
        int byFamily = Byte.compare(rows.get(at), family.code());
        if (byFamily != 0) {
            return byFamily;
        }
        int length = keyLength(at);
        int common = Math.min(length, key.length);
        for (int i = 0; i < common; i++) {
            int order = Byte.compareUnsigned(rows.get(at + HEADER + i), key[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(length, key.length);
    }

    private int keyLength(int at) {
        return Short.toUnsignedInt(rows.getShort(at + 1));
    }

    private int valueLength(int at) {
        return Integer.reverseBytes(rows.getInt(at + 3));
    }

    /// Iterates over rows. Not thread-safe.
    final class Cursor {
        private final ByteBuffer keyView = rows.duplicate();
        private final ByteBuffer valueView = rows.duplicate();
        private final int stop;
        private int at;
        private long prefix;

        private Cursor(int at, int stop) {
            this.at = at;
            this.stop = stop;
            settle();
        }

        boolean valid() {
            return at < stop;
        }

        void next() {
            at += HEADER + keyLength() + valueLength();
            settle();
        }

        // Family and the first bytes of the key as a number, which orders nearly all rows.
        private void settle() {
            if (at < stop) {
                int length = keyLength();
                long word = rows.getLong(at + HEADER) >>> Byte.SIZE;
                int missing = Byte.SIZE * Math.max(0, 7 - length);
                prefix = ((long) rows.get(at) << 56) | ((word >>> missing) << missing);
            }
        }

        ColumnFamily family() {
            return ColumnFamily.ofCode(rows.get(at));
        }

        byte[] key() {
            byte[] key = new byte[keyLength()];
            rows.get(at + HEADER, key);
            return key;
        }

        byte[] value() {
            byte[] value = new byte[valueLength()];
            rows.get(at + HEADER + keyLength(), value);
            return value;
        }

        boolean isDeletion() {
            return valueLength() == 0;
        }

        /// The key in memory the native library can read; valid until the cursor moves.
        ByteBuffer keyView() {
            int start = at + HEADER;
            return keyView.limit(start + keyLength()).position(start);
        }

        /// As [#keyView].
        ByteBuffer valueView() {
            int start = at + HEADER + keyLength();
            return valueView.limit(start + valueLength()).position(start);
        }

        int compareTo(ColumnFamily family, byte[] key) {
            return compare(at, family, key);
        }

        int compareTo(Cursor other) {
            int order = Long.compare(prefix, other.prefix);
            return order != 0 ? order : compareKeys(keyView(), other.keyView());
        }

        private static int compareKeys(ByteBuffer one, ByteBuffer other) {
            int at = one.mismatch(other);
            if (at < 0 || at == one.remaining() || at == other.remaining()) {
                return Integer.compare(one.remaining(), other.remaining());
            }
            return Byte.compareUnsigned(
                    one.get(one.position() + at), other.get(other.position() + at));
        }

        private int keyLength() {
            return SortedRun.this.keyLength(at);
        }

        private int valueLength() {
            return SortedRun.this.valueLength(at);
        }
    }
}
