package org.precertocsp.responder.monitor.reconcile;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What a comparison came to.
///
/// @param serials compared
/// @param forgotten left out: expired, older than asked for, or only announced
/// @param lost whether some were not asked about since nobody answered any more
/// @param notAsked serials the endpoint was not asked about, by the reason
/// @param counts of differences of each kind
/// @param differences in the order of serials, at most as many as were wanted
public record Reconciled(
        Instant at,
        long serials,
        long forgotten,
        boolean lost,
        Map<String, Long> notAsked,
        Map<Kind, Long> counts,
        List<Difference> differences) {
    public Reconciled {
        notAsked = Map.copyOf(notAsked);
        counts = Map.copyOf(counts);
        differences = List.copyOf(differences);
    }

    /// All differences, told or not.
    public long found() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
