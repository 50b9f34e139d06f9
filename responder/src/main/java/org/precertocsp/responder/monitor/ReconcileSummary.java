package org.precertocsp.responder.monitor;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/// The result of a comparison.
///
/// @param serials compared
/// @param forgotten skipped: expired, older than requested, or only announced
/// @param lost whether the endpoint never answered, or requests were skipped because it no longer
///   did
/// @param notAsked serials not requested from the endpoint, by reason
/// @param counts of differences of each kind
/// @param differences in the order of serials, up to the requested number
public record ReconcileSummary(
        Instant at,
        long serials,
        long forgotten,
        boolean lost,
        Map<String, Long> notAsked,
        Map<DifferenceKind, Long> counts,
        List<ReconcileDifference> differences) {
    public ReconcileSummary {
        notAsked = Map.copyOf(notAsked);
        counts = Map.copyOf(counts);
        differences = List.copyOf(differences);
    }
}
