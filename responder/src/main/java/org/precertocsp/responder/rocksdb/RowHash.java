package org.precertocsp.responder.rocksdb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Hashes of rows by family and key, in memory only. The usual hash of arrays lets many serials
/// that count up share one.
final class RowHash {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ODD = 0x9E3779B97F4A7C15L;

    private RowHash() {}

    static int of(Family family, byte[] key) {
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
