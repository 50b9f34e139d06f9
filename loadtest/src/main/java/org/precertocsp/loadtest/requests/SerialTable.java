package org.precertocsp.loadtest.requests;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.precertocsp.ocsp.Serial;

/// Millions of serials with their expected statuses, by row. Thread-safe.
public interface SerialTable {
    int size();

    /// Copies the DER content bytes of a row's serial and returns their number, at most 21.
    int copy(int row, byte[] into, int offset);

    ExpectedStatus expected(int row);

    default Serial serial(int row) {
        byte[] bytes = new byte[Serial.MAX_BYTES + 1];
        return Serial.ofDerContent(bytes, 0, copy(row, bytes, 0));
    }

    /// Collects serials from any source, packed.
    static PackedSerialTable.Builder builder() {
        return new PackedSerialTable.Builder();
    }

    /// Random positive serials of 16 bytes, computed from the seed and not stored.
    static SerialTable random(long seed, int size, ExpectedStatus expected) {
        return new RandomSerials(seed, size, expected);
    }

    /// Serials computed from a seed.
    record RandomSerials(long seed, int size, ExpectedStatus expected) implements SerialTable {
        private static final int BYTES = 16;
        private static final VarHandle LONG =
                MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

        @Override
        public int copy(int row, byte[] into, int offset) {
            long high = CounterBasedRandom.of(seed, 2L * row);
            long low = CounterBasedRandom.of(seed, 2L * row + 1);
            // Positive, and without a leading zero byte, which would not be minimal DER.
            LONG.set(into, offset, (high & 0x3FFF_FFFF_FFFF_FFFFL) | 0x4000_0000_0000_0000L);
            LONG.set(into, offset + 8, low);
            return BYTES;
        }

        @Override
        public ExpectedStatus expected(int row) {
            return expected;
        }
    }
}
