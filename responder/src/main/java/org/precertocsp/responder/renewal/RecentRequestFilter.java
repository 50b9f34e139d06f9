package org.precertocsp.responder.renewal;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.responder.answer.ResponseKey;

/// Remembers which responses were requested recently, in constant memory: 8 MiB. Thread-safe, never
/// blocks; a repeated request costs one memory read.
///
/// Two Bloom filters, for the current period and the one before. With ten million responses
/// requested in one period, one in five others counts as requested, too, and is renewed
/// unnecessarily, which costs a signature. No requested response is ever missed.
///
/// Not the Bloom filter of DataSketches, which only one thread may use and which reads as many
/// places of memory as it has hashes: event loops query this one for every answer.
final class RecentRequestFilter {
    private static final int WORDS = 1 << 19;

    /// Requests since `start`.
    private record Period(Instant start, AtomicLongArray words, @Nullable AtomicLongArray before) {}

    private final Duration length;
    private volatile Period period;

    /// @param length of a period; requests up to twice as long ago are remembered
    RecentRequestFilter(Duration length, Instant now) {
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
        // Nearly always set already; a plain read leaves the cache line shared between processors.
        if ((words.getOpaque(word) & bits) != bits) {
            words.accumulateAndGet(word, bits, (old, more) -> old | more);
        }
    }

    /// Begins a new period when the current one is over; to be called regularly.
    synchronized void rotate(Instant now) {
        Period current = period;
        if (!now.isBefore(current.start().plus(length))) {
            period = new Period(now, new AtomicLongArray(WORDS), current.words());
        }
    }

    /// May be true for a response that was not requested; never false for one that was.
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

    /// Three of the 64 bits of a word.
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
