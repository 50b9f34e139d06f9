package org.precertocsp.responder.metrics.sla;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.precertocsp.ocsp.Serial;

/// Serials of one issuer that became assigned together, by the start of their delay. Whatever their
/// number, it holds one count for each second of the last hour and for each minute before, and the
/// earliest few serials. Not thread-safe.
final class AssignedSerialBatch {
    static final int NAMED = 10;

    private static final Duration FINE = Duration.ofHours(1);
    private static final long MINUTE = 60;

    /// A serial for alerts, and when it was published.
    record Named(Serial serial, Instant since) {}

    private final Instant begun;
    private final Map<DelayBasis, NavigableMap<Instant, Long>> counts =
            new EnumMap<>(DelayBasis.class);
    private final List<Named> earliest = new ArrayList<>();
    private long backfill;
    private long listed;

    /// @param begun start of the intake
    AssignedSerialBatch(Instant begun) {
        this.begun = begun;
    }

    void published(Serial serial, Instant at) {
        // Older times are rounded down, so never in favour of the server.
        boolean fine = at.isAfter(begun.minus(FINE));
        long second = at.getEpochSecond();
        count(
                DelayBasis.PUBLISHED,
                Instant.ofEpochSecond(fine ? second : second - Math.floorMod(second, MINUTE)));
        name(new Named(serial, at));
    }

    void takenIn() {
        count(DelayBasis.INTAKE, begun);
    }

    void backfill() {
        backfill++;
    }

    void listed() {
        listed++;
    }

    private void count(DelayBasis basis, Instant since) {
        counts.computeIfAbsent(basis, _ -> new TreeMap<>()).merge(since, 1L, Long::sum);
    }

    private void name(Named named) {
        if (earliest.size() == NAMED) {
            if (!named.since().isBefore(earliest.getLast().since())) {
                return;
            }
            earliest.removeLast();
        }
        int at = earliest.size();
        while (at > 0 && named.since().isBefore(earliest.get(at - 1).since())) {
            at--;
        }
        earliest.add(at, named);
    }

    /// Adds the serials of another batch.
    void add(AssignedSerialBatch other) {
        other.counts.forEach(
                (basis, times) ->
                        times.forEach(
                                (since, count) ->
                                        counts.computeIfAbsent(basis, _ -> new TreeMap<>())
                                                .merge(since, count, Long::sum)));
        other.earliest.forEach(this::name);
    }

    /// Number of serials by the start of their delay, in order.
    NavigableMap<Instant, Long> counts(DelayBasis basis) {
        return counts.getOrDefault(basis, new TreeMap<>());
    }

    /// The serials published first, at most [#NAMED] of them, earliest first.
    List<Named> earliest() {
        return List.copyOf(earliest);
    }

    long measured() {
        return counts.values().stream()
                .flatMap(times -> times.values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    long backfilled() {
        return backfill;
    }

    long listedOnly() {
        return listed;
    }
}
