package org.precertocsp.responder.rocksdb;

/// Tells of most keys that they are not in a run: a Bloom filter with four bits of one word for
/// each key, so that asking touches memory once. About one in a hundred is taken for there.
final class RunFilter {
    private static final int BITS_PER_KEY = 16;

    private final long[] words;

    RunFilter(int keys) {
        this.words = new long[1 + (int) ((long) keys * BITS_PER_KEY / Long.SIZE)];
    }

    void add(int hash) {
        long mixed = mix(hash);
        words[word(mixed)] |= bits(mixed);
    }

    boolean mayHold(int hash) {
        long mixed = mix(hash);
        long bits = bits(mixed);
        return (words[word(mixed)] & bits) == bits;
    }

    private int word(long mixed) {
        return (int) Math.unsignedMultiplyHigh(mixed, words.length);
    }

    private static long bits(long mixed) {
        return 1L << mixed | 1L << (mixed >>> 6) | 1L << (mixed >>> 12) | 1L << (mixed >>> 18);
    }

    private static long mix(int hash) {
        long mixed = hash * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
        return mixed ^ (mixed >>> 32);
    }
}
