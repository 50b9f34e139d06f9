package org.precertocsp.responder.rocksdb;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.status.StoreFailure;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// The rows one set has changed, over those of the database: each key with its newest value. Not
/// thread-safe.
///
/// Entries lie one after another in a few large arrays, found through an open-addressing table, so
/// that a million changes are not a million objects. With RocksDB's own indexed batch a million
/// assignments took 24 s of processor where this takes 5 (`BulkLoadMeasurement`, two busy cores).
final class PendingRows {
    private static final int CHUNK = 1 << 20;
    // Family, length of key, length of value.
    private static final int HEADER = 1 + 2 + 4;
    // The order of writing packs an entry's number beside the start of its key.
    private static final int NUMBER_BITS = 24;
    private static final int MAX_ENTRIES = 1 << NUMBER_BITS;
    private static final byte[] DELETED = {};

    private final Database database;
    private final List<byte[]> chunks = new ArrayList<>();
    private int free = CHUNK;

    // By entry number: the chunk in the upper half, the offset in the lower.
    private long[] positions = new long[1024];
    private int entries;

    // Entry number + 1, or 0; a power of two long, at most half full.
    private int[] slots = new int[4096];

    PendingRows(Database database) {
        this.database = database;
    }

    boolean isEmpty() {
        return entries == 0;
    }

    Optional<byte[]> get(Family family, byte[] key) {
        int entry = slots[slot(family, key)] - 1;
        if (entry < 0) {
            return database.get(family, key);
        }
        byte[] value = value(entry);
        return value.length == 0 ? Optional.empty() : Optional.of(value);
    }

    /// @param value never empty: that is how a deletion is kept
    void put(Family family, byte[] key, byte[] value) {
        if (value.length == 0 || key.length > 0xffff) {
            throw new IllegalArgumentException("a row has a value, and a key of at most 65,535");
        }
        keep(family, key, value);
    }

    void delete(Family family, byte[] key) {
        keep(family, key, DELETED);
    }

    private void keep(Family family, byte[] key, byte[] value) {
        int slot = slot(family, key);
        if (slots[slot] == 0) {
            slots[slot] = newEntry() + 1;
            positions[slots[slot] - 1] = append(family, key, value);
            if (entries * 2 > slots.length) {
                enlargeTable();
            }
        } else {
            positions[slots[slot] - 1] = append(family, key, value);
        }
    }

    private int newEntry() {
        if (entries == MAX_ENTRIES) {
            throw new StoreFailure("one set changes more than %,d rows".formatted(entries), null);
        }
        if (entries == positions.length) {
            positions = Arrays.copyOf(positions, 2 * entries);
        }
        return entries++;
    }

    private long append(Family family, byte[] key, byte[] value) {
        int length = HEADER + key.length + value.length;
        if (free + length > CHUNK) {
            chunks.add(new byte[Math.max(CHUNK, length)]);
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

    /// Where the key is, or where it would go.
    private int slot(Family family, byte[] key) {
        int slot = spread(family.code(), Arrays.hashCode(key)) & (slots.length - 1);
        while (slots[slot] != 0 && !isKey(slots[slot] - 1, family, key)) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    private static int spread(int family, int hash) {
        int mixed = (hash + family) * 0x9E3779B9;
        return mixed ^ (mixed >>> 15);
    }

    private boolean isKey(int entry, Family family, byte[] key) {
        byte[] chunk = chunk(entry);
        int at = offset(entry);
        int start = at + HEADER;
        return chunk[at] == family.code()
                && Arrays.equals(chunk, start, start + keyLength(chunk, at), key, 0, key.length);
    }

    private void enlargeTable() {
        int[] larger = new int[2 * slots.length];
        for (int entry = 0; entry < entries; entry++) {
            int hash = spread(chunk(entry)[offset(entry)], Arrays.hashCode(key(entry)));
            int slot = hash & (larger.length - 1);
            while (larger[slot] != 0) {
                slot = (slot + 1) & (larger.length - 1);
            }
            larger[slot] = entry + 1;
        }
        slots = larger;
    }

    /// Writes all rows as one batch, synced.
    ///
    /// @throws StoreFailure nothing was written, or the batch is found whole when the store opens
    void write() {
        try (WriteBatch batch = new WriteBatch()) {
            for (int entry : nearlySorted()) {
                Family family = Family.ofCode(chunk(entry)[offset(entry)]);
                byte[] value = value(entry);
                if (value.length == 0) {
                    database.addDeletion(batch, family, key(entry));
                } else {
                    database.add(batch, family, key(entry), value);
                }
            }
            database.write(batch);
        } catch (RocksDBException e) {
            throw new StoreFailure("cannot gather the changes: " + e.getMessage(), e);
        }
    }

    /// Entries by family and the first octets of their keys: RocksDB inserts neighbours much faster
    /// than keys in random order. Each key is there once, so the order means nothing.
    private int[] nearlySorted() {
        long[] order = new long[entries];
        for (int entry = 0; entry < entries; entry++) {
            byte[] chunk = chunk(entry);
            int at = offset(entry);
            long start = chunk[at];
            // The issuer's first octet is nearly always 0, and all of them share few second ones.
            for (int i = 1; i < 5; i++) {
                int octet = i < keyLength(chunk, at) ? chunk[at + HEADER + i] & 0xff : 0;
                start = (start << 8) | octet;
            }
            order[entry] = (start << NUMBER_BITS) | entry;
        }
        Arrays.sort(order);
        int[] sorted = new int[entries];
        for (int i = 0; i < entries; i++) {
            sorted[i] = (int) order[i] & (MAX_ENTRIES - 1);
        }
        return sorted;
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
        int length = 0;
        for (int i = 3; i >= 0; i--) {
            length = (length << 8) | (chunk[at + 3 + i] & 0xff);
        }
        return Arrays.copyOfRange(chunk, start, start + length);
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
}
