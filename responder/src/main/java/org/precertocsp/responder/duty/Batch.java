package org.precertocsp.responder.duty;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.precertocsp.ocsp.Serial;

/// Serials of one issuer that became assigned together, by the time they count from. However many
/// they are, it holds one number for each second of the last hour, for each minute before, and the
/// names of the earliest few. Not thread-safe.
final class Batch {
    static final int NAMED = 10;

    private static final Duration FINE = Duration.ofHours(1);
    private static final long MINUTE = 60;

    /// A serial worth naming, and when it was published.
    record Named(Serial serial, Instant since) {}

    private final Instant begun;
    private final Map<Basis, NavigableMap<Instant, Long>> counts = new EnumMap<>(Basis.class);
    private final List<Named> earliest = new ArrayList<>();
    private long backfill;
    private long listed;

    /// @param begun when the intake began
    Batch(Instant begun) {
        this.begun = begun;
    }

    void published(Serial serial, Instant at) {
        // Rounded back where many may come: never in favour of the server.
        boolean fine = at.isAfter(begun.minus(FINE));
        long second = at.getEpochSecond();
        count(
                Basis.PUBLISHED,
                Instant.ofEpochSecond(fine ? second : second - Math.floorMod(second, MINUTE)));
        name(new Named(serial, at));
    }

    void takenIn() {
        count(Basis.INTAKE, begun);
    }

    void backfill() {
        backfill++;
    }

    void listed() {
        listed++;
    }

    private void count(Basis basis, Instant since) {
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

    /// Adds another one's serials to these.
    void add(Batch other) {
        other.counts.forEach(
                (basis, times) ->
                        times.forEach(
                                (since, count) ->
                                        counts.computeIfAbsent(basis, _ -> new TreeMap<>())
                                                .merge(since, count, Long::sum)));
        other.earliest.forEach(this::name);
    }

    /// Serials by the time they count from, in its order.
    NavigableMap<Instant, Long> counts(Basis basis) {
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
