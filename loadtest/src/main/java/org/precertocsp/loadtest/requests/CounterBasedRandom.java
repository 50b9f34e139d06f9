package org.precertocsp.loadtest.requests;

/// Random numbers by position instead of in sequence: the n-th is computed without those before it.
final class CounterBasedRandom {
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;
    private static final double UNIT = 0x1.0p-53;

    private CounterBasedRandom() {}

    /// The finaliser of SplitMix64 over a Weyl sequence.
    static long of(long seed, long position) {
        long z = seed * 0xD134_2543_DE82_EF95L + (position + 1) * GOLDEN;
        z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }

    /// From 0 inclusive to 1 exclusive.
    static double unit(long random) {
        return (random >>> 11) * UNIT;
    }
}
