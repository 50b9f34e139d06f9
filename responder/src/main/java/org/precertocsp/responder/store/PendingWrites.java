package org.precertocsp.responder.store;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
/// Entries are stored one after another in a few large arrays, indexed by an open-addressing table,
/// so that a million changes are not a million objects. With RocksDB's own indexed batch a million
/// assignments took 24 s of processor time, with this class 5 s (two busy cores).
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
/// and one word for each run. Even without look-ups, filled by batches into RocksDB's vector table,
/// the database took 1.5 s for a million rows, by the clock; here they take half a second, look-ups
/// included.
///
/// The cost of this choice is about 800 lines: this class, [RowSorter], [SortedRun] and
/// [BulkCommit.RunMergeIterator].
final class PendingWrites {
    private static final int CHUNK = 1 << 20;
    private static final int HEADER = SortedRun.HEADER;
    private static final byte[] DELETED = {};

    // Rows that fit into the nearest cache.
    private static final int BLOCK = 256;

    private final RocksDatabase database;
    private final BulkLimits limits;
    // Used by this set only, so that the files of one that failed halfway stay unchanged.
    private final String filePrefix = Long.toUnsignedString(System.nanoTime(), 36) + "-";
    private final List<SortedRun> runs = new ArrayList<>();
    private boolean decided;
    private final List<byte[]> chunks = new ArrayList<>();
    private int free = CHUNK;

    // By entry number: the chunk in the upper half, the offset in the lower.
    private long[] positions = new long[1024];
    private int[] hashes = new int[1024];
    private int entries;

    // Of all chunks.
    private long bytes;

    // Entry number + 1, or 0; a power of two long, at most half full.
    private int[] slots = new int[4096];

    // Kept so that the reads are not optimised away.
    @SuppressWarnings("UnusedVariable")
    private int approached;

    PendingWrites(RocksDatabase database) {
        this(database, BulkLimits.USUAL);
    }

    PendingWrites(RocksDatabase database, BulkLimits limits) {
        this.database = database;
        this.limits = limits;
    }

    boolean isEmpty() {
        return entries == 0 && runs.isEmpty();
    }

    Optional<byte[]> get(ColumnFamily family, byte[] key) {
        byte[] value = pending(family, key);
        if (value == null) {
            return database.get(family, key);
        }
        return value.length == 0 ? Optional.empty() : Optional.of(value);
    }

    /// Reads the table slots of these keys, so that the processor can wait for several at once.
    void approach(ColumnFamily family, byte[][] keys, int from, int to) {
        int[] found = new int[to - from];
        for (int i = from; i < to; i++) {
            found[i - from] = slots[RowHash.of(family, keys[i]) & (slots.length - 1)];
        }
        int seen = 0;
        for (int entry : found) {
            seen += entry == 0 ? 0 : hashes[entry - 1];
        }
        approached = seen;
    }

    /// The set's own value of a key: empty if deleted, null if the set did not touch it.
    byte @Nullable [] pending(ColumnFamily family, byte[] key) {
        int hash = RowHash.of(family, key);
        int entry = slots[slot(family, key, hash)] - 1;
        if (entry >= 0) {
            return value(entry);
        }
        for (int i = runs.size() - 1; i >= 0; i--) {
            byte[] value = runs.get(i).get(family, key, hash);
            if (value != null) {
                return value;
            }
        }
        return null;
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
        int hash = RowHash.of(family, key);
        int slot = slot(family, key, hash);
        if (slots[slot] == 0) {
            slots[slot] = newEntry(hash) + 1;
            positions[slots[slot] - 1] = append(family, key, value);
            if (entries * 2 > slots.length) {
                enlargeTable();
            }
        } else {
            positions[slots[slot] - 1] = append(family, key, value);
        }
        if (entries == limits.rowsInMemory() || bytes >= limits.octetsInMemory()) {
            // One run, since a lookup of a key may have to search each run.
            spill(1);
        }
    }

    private int newEntry(int hash) {
        if (entries == positions.length) {
            positions = Arrays.copyOf(positions, 2 * entries);
            hashes = Arrays.copyOf(hashes, 2 * entries);
        }
        hashes[entries] = hash;
        return entries++;
    }

    private long append(ColumnFamily family, byte[] key, byte[] value) {
        int length = HEADER + key.length + value.length;
        if (free + length > CHUNK) {
            chunks.add(new byte[Math.max(CHUNK, length)]);
            bytes += chunks.getLast().length;
            free = 0;
        }
        byte[] chunk = chunks.getLast();
        int at = free;
        chunk[at] = family.code();
        chunk[at + 1] = (byte) (key.length >> 8);
        chunk[at + 2] = (byte) key.length;
        for (int i = 0; i < 4; i++) {
            chunk[at + 3 + i] = (byte) (value.length >> (8 * i));
        }
        System.arraycopy(key, 0, chunk, at + HEADER, key.length);
        System.arraycopy(value, 0, chunk, at + HEADER + key.length, value.length);
        free += length;
        return ((long) (chunks.size() - 1) << 32) | at;
    }

    /// The table slot of the key, or the one where it would be inserted.
    private int slot(ColumnFamily family, byte[] key, int hash) {
        int slot = hash & (slots.length - 1);
        while (slots[slot] != 0 && !isKey(slots[slot] - 1, hash, family, key)) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    private boolean isKey(int entry, int hash, ColumnFamily family, byte[] key) {
        if (hashes[entry] != hash) {
            return false;
        }
        byte[] chunk = chunk(entry);
        int at = offset(entry);
        int start = at + HEADER;
        return chunk[at] == family.code()
                && Arrays.equals(chunk, start, start + keyLength(chunk, at), key, 0, key.length);
    }

    private void enlargeTable() {
        int[] larger = new int[2 * slots.length];
        for (int entry = 0; entry < entries; entry++) {
            int slot = hashes[entry] & (larger.length - 1);
            while (larger[slot] != 0) {
                slot = (slot + 1) & (larger.length - 1);
            }
            larger[slot] = entry + 1;
        }
        slots = larger;
    }

    /// Whether there are so many rows that they become tables and not log entries.
    boolean isLarge() {
        return !runs.isEmpty() || entries >= limits.rowsOfBatch();
    }

    /// Moves the rows in memory to disk, to one run or several at once. Blocks of rows are
    /// distributed to them in turn, so that each run covers the whole range of rows.
    private void spill(int shares) {
        int[] order = RowSorter.sorted(new Order(), entries);
        int first = runs.size();
        runs.addAll(
                IntStream.range(0, shares)
                        .parallel()
                        .mapToObj(share -> run(order, share, shares, first + share))
                        .toList());
        chunks.clear();
        bytes = 0;
        free = CHUNK;
        entries = 0;
        Arrays.fill(slots, 0);
    }

    private SortedRun run(int[] order, int share, int shares, int number) {
        Path file = database.scratch().file(filePrefix + "run-" + number);
        try (SortedRun.Writer run = new SortedRun.Writer(file, entries / shares + BLOCK)) {
            for (int start = share * BLOCK; start < order.length; start += shares * BLOCK) {
                writeBlock(order, start, Math.min(order.length, start + BLOCK), run);
            }
            return run.finish();
        } catch (IOException e) {
            throw database.scratch().failure(e);
        }
    }

    // Sorted rows are scattered in memory. Reading many before any is copied lets the processor
    // wait for several at once.
    private void writeBlock(int[] order, int from, int to, SortedRun.Writer run)
            throws IOException {
        int[] lengths = new int[to - from];
        int[] hash = new int[to - from];
        for (int i = from; i < to; i++) {
            byte[] chunk = chunk(order[i]);
            int at = offset(order[i]);
            lengths[i - from] = HEADER + keyLength(chunk, at) + valueLength(chunk, at);
            hash[i - from] = hashes[order[i]];
        }
        for (int i = from; i < to; i++) {
            run.row(chunk(order[i]), offset(order[i]), lengths[i - from], hash[i - from]);
        }
    }

    /// Prepares all rows as tables. When it returns, they will become tables.
    ///
    /// @throws StoreException as [#write]
    void prepareTables() {
        if (entries > 0) {
            spill(limits.writers(entries));
        }
        BulkCommit commit = new BulkCommit(database, runs, filePrefix, limits);
        List<BulkIntent.Table> tables = commit.writeTables();
        decided = true;
        commit.decide(tables);
    }

    /// Moves all rows to disk and reads those of a family in order. No row can be added afterwards.
    BulkCommit.RunMergeIterator sorted(ColumnFamily family) {
        if (entries > 0) {
            spill(limits.writers(entries));
        }
        return new BulkCommit.RunMergeIterator(runs, family, ByteString.of(), Optional.empty());
    }

    /// Deletes the files written for this set, unless an intent may need them.
    void forget() {
        if (!runs.isEmpty() && !decided) {
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
        try (WriteBatch batch = new WriteBatch()) {
            // RocksDB inserts neighbours much faster than keys in random order.
            for (int entry : RowSorter.sorted(new Order(), entries)) {
                ColumnFamily family = ColumnFamily.ofCode(chunk(entry)[offset(entry)]);
                byte[] value = value(entry);
                if (value.length == 0) {
                    database.addDeletion(batch, family, key(entry));
                } else {
                    database.add(batch, family, key(entry), value);
                }
            }
            database.write(batch);
        } catch (RocksDBException e) {
            throw new StoreException("cannot gather the changes: " + e.getMessage(), e);
        }
    }

    /// The entries for sorting.
    private final class Order implements RowSorter.RowSource {
        @Override
        public byte family(int row) {
            return chunk(row)[offset(row)];
        }

        @Override
        public int keyOctet(int row, int index) {
            byte[] chunk = chunk(row);
            int at = offset(row);
            return index < keyLength(chunk, at) ? chunk[at + HEADER + index] & 0xff : 0;
        }

        @Override
        public int compareKeys(int row, int other) {
            byte[] one = chunk(row);
            byte[] two = chunk(other);
            int from = offset(row) + HEADER;
            int fromOther = offset(other) + HEADER;
            return Arrays.compareUnsigned(
                    one,
                    from,
                    from + keyLength(one, from - HEADER),
                    two,
                    fromOther,
                    fromOther + keyLength(two, fromOther - HEADER));
        }

        @Override
        public int sharedOctets(int row, int other) {
            byte[] one = chunk(row);
            byte[] two = chunk(other);
            int from = offset(row) + HEADER;
            int fromOther = offset(other) + HEADER;
            int length = keyLength(one, from - HEADER);
            int otherLength = keyLength(two, fromOther - HEADER);
            int at =
                    Arrays.mismatch(
                            one, from, from + length, two, fromOther, fromOther + otherLength);
            return at < 0 ? length : at;
        }
    }

    private byte[] key(int entry) {
        byte[] chunk = chunk(entry);
        int start = offset(entry) + HEADER;
        return Arrays.copyOfRange(chunk, start, start + keyLength(chunk, offset(entry)));
    }

    private byte[] value(int entry) {
        byte[] chunk = chunk(entry);
        int at = offset(entry);
        int start = at + HEADER + keyLength(chunk, at);
        return Arrays.copyOfRange(chunk, start, start + valueLength(chunk, at));
    }

    private static int valueLength(byte[] chunk, int at) {
        int length = 0;
        for (int i = 3; i >= 0; i--) {
            length = (length << 8) | (chunk[at + 3 + i] & 0xff);
        }
        return length;
    }

    private byte[] chunk(int entry) {
        return chunks.get((int) (positions[entry] >>> 32));
    }

    private int offset(int entry) {
        return (int) positions[entry];
    }

    private static int keyLength(byte[] chunk, int at) {
        return ((chunk[at + 1] & 0xff) << 8) | (chunk[at + 2] & 0xff);
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
