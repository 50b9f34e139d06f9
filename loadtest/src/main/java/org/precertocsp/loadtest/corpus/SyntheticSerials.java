package org.precertocsp.loadtest.corpus;

import java.nio.ByteBuffer;

/// The serials of one seed: number `i` is computed, never looked up, so that a hundred million need
/// no memory. Thread-safe.
///
/// A serial has 16 bytes. Its last eight are a bijection of `i`, so no two are equal; its first bit
/// is 0 and its second 1, so that none is negative or shorter.
///
/// @param revokedShare fraction of serials, in every long enough run of numbers
public record SyntheticSerials(long seed, double revokedShare) {
    /// The length of every serial.
    public static final int BYTES = 16;

    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    private static final long UNASSIGNED_HALF = 1L << 40;

    /// Writes the serial's bytes.
    public void write(long index, byte[] target, int offset) {
        long high = mix(mix(seed) + index * GOLDEN);
        long low = mix(seed * GOLDEN + index);
        ByteBuffer.wrap(target, offset, BYTES)
                .putLong((high & 0x3fff_ffff_ffff_ffffL) | 0x4000_0000_0000_0000L)
                .putLong(low);
    }

    /// The same, in an array of its own.
    public byte[] serial(long index) {
        byte[] serial = new byte[BYTES];
        write(index, serial, 0);
        return serial;
    }

    /// A serial that is in no corpus of this seed.
    public byte[] unassigned(long index) {
        return serial(UNASSIGNED_HALF + index);
    }

    public boolean isRevoked(long index) {
        return (long) ((index + 1) * revokedShare) > (long) (index * revokedShare);
    }

    /// How many of the first `serials` are revoked.
    public long revoked(long serials) {
        return (long) (serials * revokedShare);
    }

    /// A number that looks random and belongs to this serial, for its dates and reason.
    long dice(long index) {
        return mix(mix(index ^ seed) + GOLDEN);
    }

    /// The finaliser of SplitMix64, a bijection of 64 bits (Steele, Lea, Flood 2014).
    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }
}
