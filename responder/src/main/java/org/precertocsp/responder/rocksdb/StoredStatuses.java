package org.precertocsp.responder.rocksdb;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The status rows of many changes, read together and in the order of their keys: neighbours share
/// blocks, which are unpacked once. Not thread-safe.
final class StoredStatuses {
    private static final int CHUNK = 1024;

    private final Database database;
    private final byte[] @Nullable [] keys;
    private final byte[] @Nullable [] values;
    private int wanted;

    /// @param changes how many there are
    StoredStatuses(Database database, int changes) {
        this.database = database;
        this.keys = new byte[changes][];
        this.values = new byte[changes][];
    }

    void want(int change, byte[] key) {
        keys[change] = key;
        wanted++;
    }

    /// The change is of the same serial as the one before it.
    void sameAsBefore(int change) {
        keys[change] = keys[change - 1];
    }

    void read() {
        if (wanted == 0) {
            return;
        }
        int[] order = order();
        for (int start = 0; start < order.length; start += CHUNK) {
            int[] part = Arrays.copyOfRange(order, start, Math.min(order.length, start + CHUNK));
            List<byte[]> asked = new ArrayList<>(part.length);
            for (int change : part) {
                asked.add(Objects.requireNonNull(keys[change]));
            }
            List<byte[]> found = database.getAll(Family.STATUS, asked);
            for (int i = 0; i < part.length; i++) {
                values[part[i]] = found.get(i);
            }
        }
        Arrays.fill(keys, null);
    }

    /// Changes by the first octets of their keys, which is nearly the order of the store.
    private int[] order() {
        long[] numbers = new long[keys.length];
        int count = 0;
        for (int change = 0; change < keys.length; change++) {
            byte @Nullable [] key = keys[change];
            if (key != null) {
                numbers[count++] = start(key) << 32 | change;
            }
        }
        Arrays.sort(numbers, 0, count);
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = (int) numbers[i];
        }
        return order;
    }

    /// Of the issuer one octet, of the serial three.
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
