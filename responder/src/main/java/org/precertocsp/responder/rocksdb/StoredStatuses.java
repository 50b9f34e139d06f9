package org.precertocsp.responder.rocksdb;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The status rows of many changes, read together and in the order of their keys: neighbours share
/// blocks, which are unpacked once. Not thread-safe.
final class StoredStatuses {
    private static final int CHUNK = 1024;

    private final Database database;
    private final byte[][] keys;
    private final byte[] @Nullable [] values;
    private final long[] wanted;
    private int count;

    /// @param keys of the changes; those of one array are read once
    StoredStatuses(Database database, byte[][] keys) {
        this.database = database;
        this.keys = keys;
        this.values = new byte[keys.length][];
        this.wanted = new long[keys.length];
    }

    /// The store may have a row of that change.
    @SuppressWarnings("ReferenceEquality") // One array for all changes of a serial in a row.
    void want(int change) {
        if (change == 0 || keys[change] != keys[change - 1]) {
            wanted[count++] = start(keys[change]) << 32 | change;
        }
    }

    /// Reads on all processors: whoever brings the changes is waiting meanwhile.
    @SuppressWarnings("ReferenceEquality")
    void read() {
        Arrays.sort(wanted, 0, count);
        IntStream.range(0, Math.ceilDiv(count, CHUNK)).parallel().forEach(this::readChunk);
        for (int change = 1; change < keys.length; change++) {
            if (keys[change] == keys[change - 1]) {
                values[change] = values[change - 1];
            }
        }
    }

    private void readChunk(int chunk) {
        int from = chunk * CHUNK;
        int to = Math.min(count, from + CHUNK);
        List<byte[]> asked = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            asked.add(keys[(int) wanted[i]]);
        }
        List<byte[]> found = database.getAll(Family.STATUS, asked);
        for (int i = from; i < to; i++) {
            values[(int) wanted[i]] = found.get(i - from);
        }
    }

    /// The first bytes of a key, which give nearly the order of the store: of the issuer one, of
    /// the serial three.
    private static long start(byte[] key) {
        long start = 0;
        for (int i = 1; i < 5; i++) {
            start = start << 8 | (i < key.length ? key[i] & 0xff : 0);
        }
        return start;
    }

    /// The status row of a change, null if there is none.
    byte @Nullable [] get(int change) {
        return values[change];
    }
}
