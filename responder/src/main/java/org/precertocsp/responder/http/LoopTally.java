package org.precertocsp.responder.http;

import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.HashAlgorithm;

/// What one event loop has answered by itself. Written by that loop alone, without atomic
/// instructions and without garbage; read by whoever looks at metrics.
final class LoopTally {
    static final int HASHES = HashAlgorithm.values().length;

    private final AtomicLongArray requests = new AtomicLongArray(2 * HASHES * 2);
    final Spread micros = new Spread(Traffic.TIME_BUCKETS);
    final Spread ages = new Spread(Traffic.AGE_BUCKETS);

    @SuppressWarnings("EnumOrdinal") // An index into this process's counters, never kept.
    void answered(boolean post, @Nullable HashAlgorithm hash, HttpReply reply, long epochMilli) {
        int at = index(post, hash == null ? 0 : hash.ordinal(), reply.isCacheable());
        requests.setOpaque(at, requests.getPlain(at) + 1);
        if (reply.isCacheable()) {
            ages.addAlone(Math.max(0, epochMilli - reply.thisUpdateMilli()) / 1_000, 1);
        }
    }

    /// @param count requests answered together, and so each in this time
    void took(int count, long nanos) {
        micros.addAlone(nanos / 1_000, count);
    }

    long requests(boolean post, int hash, boolean answer) {
        return requests.getOpaque(index(post, hash, answer));
    }

    private static int index(boolean post, int hash, boolean answer) {
        return ((post ? HASHES : 0) + hash) * 2 + (answer ? 1 : 0);
    }
}
