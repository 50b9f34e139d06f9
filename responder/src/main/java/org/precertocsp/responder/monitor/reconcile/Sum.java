package org.precertocsp.responder.monitor.reconcile;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Totals of a comparison; keeps no more differences than requested. Used by one thread.
final class Sum {
    // One for each issuer, in practice.
    private static final int MAX_REASONS = 1_000;

    private final int most;
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private final Map<String, Long> notAsked = new HashMap<>();
    private final List<Difference> differences = new ArrayList<>();
    private long serials;
    private long forgotten;
    private boolean lost;

    Sum(int most) {
        this.most = most;
    }

    void compared() {
        serials++;
    }

    void forgotten() {
        forgotten++;
    }

    void notAsked(Said.NotAsked not) {
        String why = not.why();
        lost |= not.lost();
        if (notAsked.size() < MAX_REASONS || notAsked.containsKey(why)) {
            notAsked.merge(why, 1L, Long::sum);
        }
    }

    void add(List<Difference> found) {
        for (Difference each : found) {
            counts.merge(each.kind(), 1L, Long::sum);
            if (differences.size() < most) {
                differences.add(each);
            }
        }
    }

    Reconciled sum(Instant at) {
        return new Reconciled(at, serials, forgotten, lost, notAsked, counts, differences);
    }
}
