package org.precertocsp.responder.freshness;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.responder.answer.ResponseKey;

/// Which responses were asked for lately, in memory that does not grow: eight MiB. Thread-safe,
/// never blocks; costs one read of memory where a response is asked for again.
///
/// Two Bloom filters, of this period and the one before. With ten million responses asked for in
/// one period, one in five others is taken for asked too, and renewed in vain: that costs a
/// signature. None that was asked for is ever missed.
///
/// Not the Bloom filter of DataSketches, which only one thread may use and which reads as many
/// places of memory as it has hashes: event loops ask this one for every answer.
final class AskedLately {
    private static final int WORDS = 1 << 19;

    /// What was asked from `start` on.
    private record Period(Instant start, AtomicLongArray words, @Nullable AtomicLongArray before) {}

    private final Duration length;
    private volatile Period period;

    /// @param length asked within it, or up to twice as long ago, is lately
    AskedLately(Duration length, Instant now) {
        this.length = length;
        this.period = new Period(now, new AtomicLongArray(WORDS), null);
    }

    void add(ResponseKey key) {
        long hash = hash(key);
        add(period.words(), hash);
    }

    private static void add(AtomicLongArray words, long hash) {
        int word = word(hash);
        long bits = bits(hash);
        // Nearly always there already; a plain read leaves the line shared between processors.
        if ((words.getOpaque(word) & bits) != bits) {
            words.accumulateAndGet(word, bits, (old, more) -> old | more);
        }
    }

    /// Called every now and then.
    synchronized void turn(Instant now) {
        Period current = period;
        if (!now.isBefore(current.start().plus(length))) {
            period = new Period(now, new AtomicLongArray(WORDS), current.words());
        }
    }

    /// May be true of one that was not asked for; never false of one that was.
    boolean contains(ResponseKey key) {
        Period current = period;
        long hash = hash(key);
        AtomicLongArray before = current.before();
        return contains(current.words(), hash) || (before != null && contains(before, hash));
    }

    private static boolean contains(AtomicLongArray words, long hash) {
        long bits = bits(hash);
        return (words.getOpaque(word(hash)) & bits) == bits;
    }

    private static int word(long hash) {
        return (int) (hash >>> 45);
    }

    /// Three of the word's 64.
    private static long bits(long hash) {
        return (1L << (hash & 63)) | (1L << ((hash >>> 6) & 63)) | (1L << ((hash >>> 12) & 63));
    }

    private static long hash(ResponseKey key) {
        long serial = key.serial().serial().hashCode();
        int absent = key.parameters() == DigestParameters.ABSENT ? 1 : 0;
        long hash = (serial << 8) | ((long) key.hash().length() << 1) | absent;
        hash *= 0x9E3779B97F4A7C15L;
        hash = (hash ^ (hash >>> 32)) * 0xD6E8FEB86659FD93L;
        return hash ^ (hash >>> 32);
    }
}
