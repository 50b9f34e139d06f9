package org.precertocsp.loadtest.requests;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Serials computed from a seed.
record RandomSerials(long seed, int size, Expected expected) implements SerialTable {
    private static final int BYTES = 16;
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    @Override
    public int copy(int row, byte[] into, int offset) {
        long high = Scramble.of(seed, 2L * row);
        long low = Scramble.of(seed, 2L * row + 1);
        // Positive, and without a leading zero byte, which would not be minimal DER.
        LONG.set(into, offset, (high & 0x3FFF_FFFF_FFFF_FFFFL) | 0x4000_0000_0000_0000L);
        LONG.set(into, offset + 8, low);
        return BYTES;
    }

    @Override
    public Expected expected(int row) {
        return expected;
    }
}
