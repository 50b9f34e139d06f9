package org.precertocsp.responder.store;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.StoreException;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// The rows changed by one set, on top of those in the database: each key with its newest value.
/// Not thread-safe.
///
/// A small set is written as one batch. Of a large one, rows beyond a limit go to [SortedRun]s on
/// disk, and the whole set becomes tables through a [BulkCommit].
///
/// Rows are collected in [MemoryRows]. When these are full, another takes their place while a
/// thread sorts them and writes them to a run: so at most two are in memory. The keys that have
/// left are remembered by [SpilledKeys], and only for one of them the runs are searched, newest
/// first.
///
/// # Why not a scratch RocksDB
///
/// A temporary database could also gather the rows, answer look-ups and return the rows in order.
/// It is not used because it takes about eight times as much processor time. `BulkSortBenchmark`,
/// with a look-up before each row, both in turns, JDK 25.0.3, two cores shared with other work;
/// seconds of processor time in the warm rounds, four of a million rows, two of four million:
///
/// | rows | this class | scratch RocksDB | ratio of medians |
/// |---|---|---|---|
/// | 1 million | 0.42 to 0.57 s | 3.9 to 4.3 s | 8 |
/// | 4 million | 2.3 to 2.9 s | 19 to 21 s | 8 |
///
/// That database had no log, compression, checksums, cache or compaction, and Bloom filters in
/// memory and in its tables. About half of its time goes to the skip list, which must find the
/// place of each row when it is added; the rest to look-ups and to native calls for each row. Here
/// a row is only appended and entered in a hash table; rows are sorted once, by numbers of eight
/// bytes, when they leave memory ([RowSorter]); a look-up of a missing key usually reads one slot,
/// and one word for each doubling of the rows that have left. Even without look-ups, filled by
/// batches into RocksDB's vector table, the database took 1.5 s for a million rows, by the clock;
/// here they take half a second, look-ups included.
///
/// The cost of this choice is about 800 lines: this class, [RowSorter], [SortedRun] and
/// [BulkCommit.RunMergeIterator].
final class PendingWrites {
    private static final byte[] DELETED = {};

    // Rows that fit into the nearest cache.
    private static final int BLOCK = 256;

    private final RocksDatabase database;
    private final BulkLimits limits;
    // Used by this set only, so that the files of one that failed halfway stay unchanged.
    private final String filePrefix = Long.toUnsignedString(System.nanoTime(), 36) + "-";
    private MemoryRows rows = new MemoryRows();

    // Newest last. The rows that are leaving are newer, those in memory newer still.
    private final List<SortedRun> runs = new ArrayList<>();
    private final SpilledKeys spilled = new SpilledKeys();
    private @Nullable MemoryRows leaving;
    private Future<SortedRun> left = CompletableFuture.failedFuture(new IllegalStateException());
    private @Nullable ExecutorService spiller;
    private boolean decided;

    PendingWrites(RocksDatabase database) {
        this(database, BulkLimits.USUAL);
    }

    PendingWrites(RocksDatabase database, BulkLimits limits) {
        this.database = database;
        this.limits = limits;
    }

    boolean isEmpty() {
        return rows.size() == 0 && !hasSpilled();
    }

    private boolean hasSpilled() {
        return leaving != null || !runs.isEmpty();
    }

    Optional<byte[]> get(ColumnFamily family, byte[] key) {
        byte[] value = pending(family, key);
        if (value == null) {
            return database.get(family, key);
        }
        return value.length == 0 ? Optional.empty() : Optional.of(value);
    }

    /// Reads what a look-up of these keys will read, so that the processor can wait for several at
    /// once.
    void approach(ColumnFamily family, byte[][] keys, int from, int to) {
        rows.approach(family, keys, from, to);
        if (hasSpilled()) {
            spilled.approach(family, keys, from, to);
        }
    }

    /// The set's own value of a key: empty if deleted, null if the set did not touch it.
    byte @Nullable [] pending(ColumnFamily family, byte[] key) {
        int hash = RowHash.of(family, key);
        byte[] value = rows.get(family, key, hash);
        return value != null || !spilled.mayHold(hash) ? value : spilled(family, key, hash);
    }

    private byte @Nullable [] spilled(ColumnFamily family, byte[] key, int hash) {
        byte[] value = leaving == null ? null : leaving.get(family, key, hash);
        for (int i = runs.size() - 1; i >= 0 && value == null; i--) {
            value = runs.get(i).get(family, key);
        }
        return value;
    }

    /// @param value never empty: an empty value marks a deletion
    void put(ColumnFamily family, byte[] key, byte[] value) {
        if (value.length == 0 || key.length > 0xffff) {
            throw new IllegalArgumentException("a row has a value, and a key of at most 65,535");
        }
        keep(family, key, value);
    }

    void delete(ColumnFamily family, byte[] key) {
        keep(family, key, DELETED);
    }

    private void keep(ColumnFamily family, byte[] key, byte[] value) {
        rows.put(family, key, RowHash.of(family, key), value);
        if (rows.size() == limits.rowsInMemory() || rows.bytes() >= limits.bytesInMemory()) {
            spillBeside();
        }
    }

    /// Whether there are so many rows that they become tables and not log entries.
    boolean isLarge() {
        return hasSpilled() || rows.size() >= limits.rowsOfBatch();
    }

    /// Moves the rows in memory to disk while others are collected.
    private void spillBeside() {
        MemoryRows free = awaitLeft();
        spilled.addAll(rows);
        MemoryRows full = rows;
        leaving = full;
        rows = free == null ? new MemoryRows() : free;
        rows.clear();
        if (spiller == null) {
            spiller =
                    Executors.newSingleThreadExecutor(
                            Thread.ofPlatform().name("bulk-spill").factory());
        }
        // One run, since a look-up of a key may have to search each run.
        int number = runs.size();
        left = spiller.submit(() -> run(full, full.order(), 0, 1, number));
    }

    /// Returns once no rows are leaving any more.
    ///
    /// @return the rows that have left, whose memory can be used again
    private @Nullable MemoryRows awaitLeft() {
        MemoryRows gone = leaving;
        if (gone != null) {
            try {
                runs.add(left.get());
                leaving = null;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof StoreException failed) {
                    throw failed;
                }
                throw new IllegalStateException("rows could not be sorted", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreException("interrupted while rows were written", e);
            }
        }
        return gone;
    }

    /// Moves all rows to disk: the last ones to several runs at once. Blocks of rows are
    /// distributed to them in turn, so that each run covers the whole range of rows.
    private void spillAll() {
        awaitLeft();
        if (rows.size() > 0) {
            MemoryRows last = rows;
            int[] order = last.order();
            int shares = limits.writers(last.size());
            int first = runs.size();
            runs.addAll(
                    IntStream.range(0, shares)
                            .parallel()
                            .mapToObj(share -> run(last, order, share, shares, first + share))
                            .toList());
            // Frees the memory.
            rows = new MemoryRows();
        }
    }

    private SortedRun run(MemoryRows source, int[] order, int share, int shares, int number) {
        Path file = database.scratch().file(filePrefix + "run-" + number);
        try (SortedRun.Writer run = new SortedRun.Writer(file)) {
            for (int start = share * BLOCK; start < order.length; start += shares * BLOCK) {
                source.write(order, start, Math.min(order.length, start + BLOCK), run);
            }
            return run.finish();
        } catch (IOException e) {
            throw database.scratch().failure(e);
        }
    }

    /// Prepares all rows as tables. When it returns, they will become tables.
    ///
    /// @throws StoreException as [#write]
    void prepareTables() {
        spillAll();
        BulkCommit commit = new BulkCommit(database, runs, filePrefix, limits);
        List<BulkIntent.Table> tables = commit.writeTables();
        decided = true;
        commit.decide(tables);
    }

    /// Moves all rows to disk and reads those of a family in order. No row can be added afterwards.
    BulkCommit.RunMergeIterator sorted(ColumnFamily family) {
        spillAll();
        return new BulkCommit.RunMergeIterator(runs, family, ByteString.of(), Optional.empty());
    }

    /// Passes the rows in memory in the order of families and keys, a deletion with no value.
    void forEach(RowVisitor each) {
        for (int row : rows.order()) {
            each.visit(rows.family(row), rows.key(row), rows.value(row));
        }
    }

    /// A row of a set.
    @FunctionalInterface
    interface RowVisitor {
        void visit(ColumnFamily family, byte[] key, byte[] value);
    }

    /// Deletes the files written for this set, unless an intent may need them.
    void forget() {
        if (spiller != null) {
            spiller.close();
        }
        if (hasSpilled() && !decided) {
            database.scratch().clean(filePrefix);
        }
    }

    /// As [#forget], after all tables were ingested.
    void cleanUp() {
        database.scratch().clean(filePrefix);
    }

    /// Writes all rows as one batch, synced.
    ///
    /// @throws StoreException nothing was written, or the complete batch is found when the store
    ///   opens
    void write() {
        write(true);
    }

    /// As [#write()].
    ///
    /// @param synced false to write without waiting for the disk
    void write(boolean synced) {
        try (WriteBatch batch = new WriteBatch()) {
            // RocksDB inserts neighbours much faster than keys in random order.
            for (int row : rows.order()) {
                byte[] value = rows.value(row);
                if (value.length == 0) {
                    database.addDeletion(batch, rows.family(row), rows.key(row));
                } else {
                    database.add(batch, rows.family(row), rows.key(row), value);
                }
            }
            if (synced) {
                database.write(batch);
            } else {
                database.writeSoon(batch);
            }
        } catch (RocksDBException e) {
            throw new StoreException("cannot gather the changes: " + e.getMessage(), e);
        }
    }

    /// The keys of the rows that have left memory: Bloom filters, each for twice as many keys as
    /// the one before, so that a query of a missing key reads a few words however many runs there
    /// are.
    static final class SpilledKeys {
        private final List<KeyFilter> filters = new ArrayList<>();

        // Kept so that the reads are not optimised away.
        @SuppressWarnings("UnusedVariable")
        private boolean approached;

        void addAll(MemoryRows rows) {
            KeyFilter last = filters.isEmpty() ? null : filters.getLast();
            if (last == null || last.room() < rows.size()) {
                last = new KeyFilter(Math.max(rows.size(), last == null ? 0 : 2 * last.capacity()));
                filters.add(last);
            }
            for (int row = 0; row < rows.size(); row++) {
                last.add(rows.hash(row));
            }
        }

        boolean mayHold(int hash) {
            for (int i = 0; i < filters.size(); i++) {
                if (filters.get(i).mayHold(hash)) {
                    return true;
                }
            }
            return false;
        }

        void approach(ColumnFamily family, byte[][] keys, int from, int to) {
            boolean any = false;
            for (int i = from; i < to; i++) {
                any |= mayHold(RowHash.of(family, keys[i]));
            }
            approached = any;
        }
    }

    /// A Bloom filter with four bits of one word for each key, so that a query reads memory once.
    /// About one in a hundred missing keys passes.
    static final class KeyFilter {
        private static final int BITS_PER_KEY = 16;

        private final long[] words;
        private final int capacity;
        private int keys;

        KeyFilter(int capacity) {
            this.capacity = capacity;
            this.words = new long[1 + (int) ((long) capacity * BITS_PER_KEY / Long.SIZE)];
        }

        int capacity() {
            return capacity;
        }

        /// How many keys may be added.
        int room() {
            return capacity - keys;
        }

        void add(int hash) {
            long mixed = mix(hash);
            words[word(mixed)] |= bits(mixed);
            keys++;
        }

        boolean mayHold(int hash) {
            long mixed = mix(hash);
            long bits = bits(mixed);
            return (words[word(mixed)] & bits) == bits;
        }

        private int word(long mixed) {
            return (int) Math.unsignedMultiplyHigh(mixed, words.length);
        }

        private static long bits(long mixed) {
            return 1L << mixed | 1L << (mixed >>> 6) | 1L << (mixed >>> 12) | 1L << (mixed >>> 18);
        }

        private static long mix(int hash) {
            long mixed = hash * 0x9E3779B97F4A7C15L;
            mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
            return mixed ^ (mixed >>> 32);
        }
    }

    /// Hashes of rows by family and key, in memory only. The usual hash of arrays gives many
    /// consecutive serials the same value.
    static final class RowHash {
        private static final VarHandle LONG =
                MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
        private static final long ODD = 0x9E3779B97F4A7C15L;

        private RowHash() {}

        static int of(ColumnFamily family, byte[] key) {
            long hash = ((long) family.code() << 16) + key.length;
            int at = 0;
            for (; at + Long.BYTES <= key.length; at += Long.BYTES) {
                hash = mix(hash ^ (long) LONG.get(key, at));
            }
            long rest = 0;
            for (; at < key.length; at++) {
                rest = (rest << Byte.SIZE) | (key[at] & 0xff);
            }
            return (int) mix(hash ^ rest);
        }

        private static long mix(long hash) {
            long mixed = hash * ODD;
            mixed = (mixed ^ (mixed >>> 32)) * ODD;
            return mixed ^ (mixed >>> 29);
        }
    }
}
