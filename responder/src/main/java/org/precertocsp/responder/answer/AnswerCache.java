package org.precertocsp.responder.answer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.status.ChangeEpochs.Mark;

/// Answers in memory, bounded by bytes; those requested most are kept (Caffeine's W-TinyLFU).
/// Thread-safe, never blocks.
///
/// An entry is served only while it is correct: no change of its serial was acknowledged since
/// before its status was read (invariant 4), its window covers the current time, and its renewal is
/// not due (invariant 5). Nothing is evicted when a status changes; the entry is found outdated
/// when it is next requested.
///
/// @param <R> an answer in the form sent to clients, created at the first request: if requests are
///   spread evenly over the serials, most answers are never requested again
public final class AnswerCache<R> {
    /// Heap of an entry beyond the bytes: map node, key, instants, the answer's own objects.
    private static final int OVERHEAD_BYTES = 400;

    /// @param fromMilli thisUpdate; both times in milliseconds since 1970, compared without an
    ///   object
    /// @param untilMilli nextUpdate or the renewal, whichever is earlier
    private record Entry<R>(
            Answer.Served answer, Ready<R> ready, Mark mark, long fromMilli, long untilMilli) {
        boolean isTrueAt(long epochMilli) {
            return mark.isCurrent() && fromMilli <= epochMilli && epochMilli < untilMilli;
        }

        boolean isTrueAt(MonotonicClock.TimeRange now) {
            return mark.isCurrent()
                    && now.isIn(answer.response().window())
                    && now.earliest().isBefore(answer.renewal());
        }
    }

    /// The first threads that get here may each create one; they are equal, and immutable.
    private static final class Ready<R> {
        private @Nullable R form;

        R of(Answer.Served answer, Function<Answer.Served, R> prepare) {
            R made = form;
            if (made == null) {
                made = prepare.apply(answer);
                form = made;
            }
            return made;
        }
    }

    private final Cache<CertIdKey, Entry<R>> entries;
    private final Function<Answer.Served, R> prepare;

    /// @param maxBytes of heap, estimated; 0 keeps nothing
    /// @param prepare creates the form sent to clients, which is immutable
    /// @param readyBytes heap of that form
    public AnswerCache(
            long maxBytes,
            Function<Answer.Served, R> prepare,
            ToIntFunction<Answer.Served> readyBytes) {
        this.prepare = prepare;
        this.entries =
                Caffeine.newBuilder()
                        .maximumWeight(maxBytes)
                        .<CertIdKey, Entry<R>>weigher(
                                (key, entry) ->
                                        OVERHEAD_BYTES
                                                + key.length()
                                                + entry.answer().response().der().length()
                                                + readyBytes.applyAsInt(entry.answer()))
                        // Cache maintenance is short; another thread for it would cost context
                        // switches.
                        .executor(Runnable::run)
                        .recordStats()
                        .build();
    }

    /// Null if there is none that is correct at every time in the range.
    Answer.@Nullable Served find(CertIdKey key, MonotonicClock.TimeRange now) {
        Entry<R> entry = entries.getIfPresent(key);
        return entry != null && entry.isTrueAt(now) ? entry.answer() : null;
    }

    /// As [#find], in the form sent to clients.
    @Nullable R ready(CertIdKey key, long epochMilli) {
        Entry<R> entry = entries.getIfPresent(key);
        return entry != null && entry.isTrueAt(epochMilli)
                ? entry.ready().of(entry.answer(), prepare)
                : null;
    }

    /// @param mark taken before the status was read
    void put(CertIdKey key, Answer.Served answer, Mark mark) {
        Instant nextUpdate = answer.response().window().nextUpdate();
        Instant until = answer.renewal().isBefore(nextUpdate) ? answer.renewal() : nextUpdate;
        Instant from = answer.response().window().thisUpdate();
        entries.put(
                key.copy(),
                new Entry<>(
                        answer, new Ready<>(), mark, from.toEpochMilli(), until.toEpochMilli()));
    }

    /// Hits, misses and evictions so far, for metrics.
    public CacheStats stats() {
        return entries.stats();
    }
}
