package org.precertocsp.responder.store;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.StoreException;
import org.rocksdb.DirectSlice;
import org.rocksdb.EnvOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileWriter;
import org.rocksdb.WriteBatch;

/// Makes a large set durable as finished tables instead of log entries. RocksDB ingests a sorted
/// file at the cost of one write for each row; a batch would be written to the log, sorted in
/// memory, written again and merged.
///
/// A set must take effect whole or not at all, but its rows belong to several column families, and
/// RocksDB ingests the files of only one family at once. Hence four steps:
///
/// 1. [#writeTables] writes one or more files for each family into the temporary directory and
///    syncs them. A crash up to here leaves files that the next start deletes.
/// 2. [#decide] writes, in one synced batch, the rows of the small families and a [BulkIntent] that
///    names the files. From here on the set takes effect, whatever happens.
/// 3. [#takeOver] lets RocksDB ingest the files, family by family. STATUS comes last: without its
///    status no other row of a serial is read. The exception is the renewal queue, whose readers
///    are blocked meanwhile ([RocksDatabase#takingOver]).
/// 4. The intent is deleted.
///
/// After a crash between 2 and 4, or a failure there, the store carries out the intent again when
/// it opens or before the next set. That is safe because no other set is written in between, so the
/// same rows are written again at most.
final class BulkCommit {
    /// In the order they are ingested.
    static final List<ColumnFamily> TABLES =
            List.of(
                    ColumnFamily.EVIDENCE,
                    ColumnFamily.CONFLICTS,
                    ColumnFamily.HISTORY,
                    ColumnFamily.RENEWALS,
                    ColumnFamily.STATUS);

    /// Those of [RowTables] as well, STATUS last again.
    private static final List<ColumnFamily> INGESTED =
            Stream.concat(
                            Arrays.stream(ColumnFamily.values()).filter(it -> !TABLES.contains(it)),
                            TABLES.stream())
                    .toList();

    private static final Set<ColumnFamily> SMALL = EnumSet.complementOf(EnumSet.copyOf(TABLES));
    static final long ROWS_PER_FILE = 1_500_000;

    private final RocksDatabase database;
    private final List<SortedRun> runs;
    private final String filePrefix;
    private final BulkLimits limits;

    /// @param runs oldest first
    BulkCommit(RocksDatabase database, List<SortedRun> runs, String filePrefix, BulkLimits limits) {
        this.limits = limits;
        this.filePrefix = filePrefix;
        this.database = database;
        this.runs = List.copyOf(runs);
    }

    /// A family's rows from one key to another: the content of one file.
    ///
    /// @param number of the part within its family
    private record Part(
            ColumnFamily family, int number, ByteString from, Optional<ByteString> before) {
        String file(String prefix) {
            return "%s%s-%05d.sst".formatted(prefix, family, number);
        }
    }

    /// Writes the files; nothing has taken effect yet.
    List<BulkIntent.Table> writeTables() {
        List<BulkIntent.Table> tables = write(parts());
        database.scratch().sync();
        return tables;
    }

    /// Writes the intent. When it returns, the set will take effect.
    ///
    /// @throws StoreException nothing took effect, or the set will when the store next opens
    void decide(List<BulkIntent.Table> tables) {
        try (WriteBatch batch = new WriteBatch()) {
            for (ColumnFamily family : SMALL) {
                addTo(batch, family);
            }
            database.add(
                    batch, ColumnFamily.META, BulkIntent.KEY, new BulkIntent(tables).toBytes());
            database.write(batch);
        } catch (RocksDBException e) {
            throw new StoreException("cannot gather the changes: " + e.getMessage(), e);
        }
    }

    private void addTo(WriteBatch batch, ColumnFamily family) throws RocksDBException {
        RunMergeIterator rows =
                new RunMergeIterator(runs, family, ByteString.of(), Optional.empty());
        while (rows.next()) {
            if (rows.row().isDeletion()) {
                database.addDeletion(batch, family, rows.row().key());
            } else {
                database.add(batch, family, rows.row().key(), rows.row().value());
            }
        }
    }

    private List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        for (ColumnFamily family : TABLES) {
            addParts(family, parts);
        }
        return parts;
    }

    private void addParts(ColumnFamily family, List<Part> parts) {
        long rows = runs.stream().mapToLong(run -> run.estimate(family)).sum();
        // Each writer writes the same number of files.
        int writers = limits.writers(rows);
        int count = Math.clamp(writers * Math.ceilDiv(rows, writers * ROWS_PER_FILE), 1, 10_000);
        SortedRun largest =
                runs.stream().max(Comparator.comparingLong(r -> r.estimate(family))).orElseThrow();
        ByteString from = ByteString.of();
        for (int i = 1; i < count; i++) {
            ByteString to = ByteString.of(largest.quantile(family, i, count));
            if (to.compareTo(from) > 0) {
                parts.add(new Part(family, i, from, Optional.of(to)));
                from = to;
            }
        }
        parts.add(new Part(family, count, from, Optional.empty()));
    }

    private List<BulkIntent.Table> write(List<Part> parts) {
        try (ExecutorService writers =
                Executors.newFixedThreadPool(
                        Math.clamp(
                                Runtime.getRuntime().availableProcessors(), 1, BulkLimits.WRITERS),
                        Thread.ofPlatform().name("bulk-", 0).factory())) {
            List<Future<Boolean>> written = new ArrayList<>();
            for (Part part : parts) {
                written.add(writers.submit(() -> write(part)));
            }
            List<BulkIntent.Table> tables = new ArrayList<>();
            for (int i = 0; i < parts.size(); i++) {
                if (written.get(i).get()) {
                    tables.add(
                            new BulkIntent.Table(
                                    parts.get(i).family(), parts.get(i).file(filePrefix)));
                }
            }
            return tables;
        } catch (ExecutionException e) {
            throw new StoreException("cannot write a table: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while tables were written", e);
        }
    }

    /// @return false if the part has no rows, and so no file
    private boolean write(Part part) throws RocksDBException {
        RunMergeIterator rows =
                new RunMergeIterator(runs, part.family(), part.from(), part.before());
        if (!rows.next()) {
            return false;
        }
        Path path = database.scratch().file(part.file(filePrefix));
        try (SstWriter file = new SstWriter(path, database.tableOptions(part.family()))) {
            do {
                if (rows.row().isDeletion()) {
                    file.delete(rows.row());
                } else {
                    file.put(rows.row());
                }
            } while (rows.next());
            file.finish();
            return true;
        }
    }

    /// Makes the tables of an intent part of the store and deletes the intent. May be repeated
    /// after a crash: nothing else was written in between.
    ///
    /// @throws StoreException the set takes effect when this is tried again
    static void takeOver(RocksDatabase database, BulkIntent intent) {
        for (ColumnFamily family : INGESTED) {
            database.ingest(family, intent.files(family));
        }
        try (WriteBatch batch = new WriteBatch()) {
            database.addDeletion(batch, ColumnFamily.META, BulkIntent.KEY);
            database.write(batch);
        } catch (RocksDBException e) {
            throw new StoreException("cannot gather the changes: " + e.getMessage(), e);
        }
    }

    /// The rows of several runs merged in order, each key once with the value of the newest run.
    /// Not thread-safe.
    static final class RunMergeIterator {
        // In the order of their rows, of equal ones the newest run first; those at their end are
        // left out. Only the one that moved must find its place again, which is near.
        private final SortedRun.Cursor[] cursors;
        private final int[] ages;
        private int count;
        private final ColumnFamily family;
        private final byte @Nullable [] before;
        private boolean begun;

        /// @param runs oldest first
        /// @param before the key to stop at; empty for all rows of the family
        RunMergeIterator(
                List<SortedRun> runs,
                ColumnFamily family,
                ByteString from,
                Optional<ByteString> before) {
            this.family = family;
            this.before = before.map(ByteString::toArray).orElse(null);
            this.cursors = new SortedRun.Cursor[runs.size()];
            this.ages = new int[runs.size()];
            for (int age = 0; age < runs.size(); age++) {
                SortedRun.Cursor cursor = runs.reversed().get(age).from(family, from.toArray());
                if (cursor.valid()) {
                    place(cursor, age, count++);
                }
            }
        }

        /// Puts a cursor into its place before a free one.
        private void place(SortedRun.Cursor cursor, int age, int free) {
            int at = free;
            while (at > 0 && isBefore(cursor, age, at - 1)) {
                cursors[at] = cursors[at - 1];
                ages[at] = ages[--at];
            }
            cursors[at] = cursor;
            ages[at] = age;
        }

        private boolean isBefore(SortedRun.Cursor cursor, int age, int other) {
            int order = cursor.compareTo(cursors[other]);
            return order < 0 || (order == 0 && age < ages[other]);
        }

        /// Moves to the first or next row.
        ///
        /// @return false if there is none
        boolean next() {
            if (begun) {
                while (count > 1 && cursors[1].compareTo(cursors[0]) == 0) {
                    advance(1);
                }
                advance(0);
            }
            begun = true;
            if (count > 0 && isPastEnd(cursors[0])) {
                count = 0;
            }
            return count > 0;
        }

        /// Moves a cursor to its next row, and so behind others.
        private void advance(int moved) {
            SortedRun.Cursor cursor = cursors[moved];
            int age = ages[moved];
            cursor.next();
            int at = moved;
            if (cursor.valid()) {
                while (at + 1 < count && !isBefore(cursor, age, at + 1)) {
                    cursors[at] = cursors[at + 1];
                    ages[at] = ages[++at];
                }
                cursors[at] = cursor;
                ages[at] = age;
            } else {
                count--;
                System.arraycopy(cursors, moved + 1, cursors, moved, count - moved);
                System.arraycopy(ages, moved + 1, ages, moved, count - moved);
            }
        }

        private boolean isPastEnd(SortedRun.Cursor row) {
            return before == null ? row.family() != family : row.compareTo(family, before) >= 0;
        }

        /// The current row.
        SortedRun.Cursor row() {
            if (!begun || count == 0) {
                throw new IllegalStateException("no row");
            }
            return cursors[0];
        }
    }

    /// A table being written: rows in order, each key once. Not thread-safe.
    ///
    /// Rows are copied to a buffer that the library already knows. Passing each row at its own
    /// address costs half as much again, since the library then calls the JVM about two buffers for
    /// each.
    static final class SstWriter implements AutoCloseable {
        private static final int MOST_BYTES = 1 << 12;

        private final Deque<AutoCloseable> natives = new ArrayDeque<>();
        private final SstFileWriter writer;
        private final RowBuffer key;
        private final RowBuffer value;

        /// @param options owned by this object, closed with the file
        SstWriter(Path path, Options options) throws RocksDBException {
            natives.push(options);
            EnvOptions environment = new EnvOptions();
            natives.push(environment);
            this.writer = new SstFileWriter(environment, options);
            natives.push(writer);
            this.key = new RowBuffer();
            natives.push(key.slice);
            this.value = new RowBuffer();
            natives.push(value.slice);
            try {
                writer.open(path.toString());
            } catch (RocksDBException e) {
                close();
                throw e;
            }
        }

        /// Key or value of the current row.
        private static final class RowBuffer {
            final ByteBuffer buffer = ByteBuffer.allocateDirect(MOST_BYTES);
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
            if (rowKey.remaining() > MOST_BYTES || rowValue.remaining() > MOST_BYTES) {
                writer.put(rowKey, rowValue);
            } else {
                key.set(rowKey);
                value.set(rowValue);
                writer.put(key.slice, value.slice);
            }
        }

        void put(byte[] rowKey, byte[] rowValue) throws RocksDBException {
            writer.put(rowKey, rowValue);
        }

        void delete(SortedRun.Cursor row) throws RocksDBException {
            writer.delete(row.key());
        }

        /// Completes the file; it is synced, not merely written.
        void finish() throws RocksDBException {
            writer.finish();
        }

        @Override
        public void close() {
            NativeResources.close(natives);
        }
    }
}
