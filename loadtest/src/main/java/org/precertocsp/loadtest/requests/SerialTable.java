package org.precertocsp.loadtest.requests;

import org.precertocsp.ocsp.Serial;

/// Serials with what is expected of them, millions of them, by row. Thread-safe.
public interface SerialTable {
    int size();

    /// Copies the DER content bytes of a row's serial and returns how many they are, at most 21.
    int copy(int row, byte[] into, int offset);

    Expected expected(int row);

    default Serial serial(int row) {
        byte[] bytes = new byte[Serial.MAX_OCTETS + 1];
        return Serial.ofDerContent(bytes, 0, copy(row, bytes, 0));
    }

    /// Collects serials of any source, packed.
    static PackedSerials.Builder builder() {
        return new PackedSerials.Builder();
    }

    /// Random positive serials of 16 bytes, computed from the seed and not kept.
    static SerialTable random(long seed, int size, Expected expected) {
        return new RandomSerials(seed, size, expected);
    }
}
