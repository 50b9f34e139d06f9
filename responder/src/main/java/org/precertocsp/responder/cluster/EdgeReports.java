package org.precertocsp.responder.cluster;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.precertocsp.responder.cluster.ClusterRecord.Echo;
import org.precertocsp.responder.cluster.ClusterRecord.Report;

/// What an authority knows of the edges: the newest report of each on its roster. A value.
///
/// @param roster names of the edges
/// @param newest by name; an edge that has not reported has none
record EdgeReports(Set<String> roster, Map<String, Report> newest) {
    /// A change that this authority has read back.
    ///
    /// @param sentNanos when it began to append it, on its monotonic clock
    /// @param durableNanos when it had read and applied it, on the same clock
    record DurableChange(long generation, long sequence, long sentNanos, long durableNanos) {}

    EdgeReports {
        roster = Set.copyOf(roster);
        newest = Map.copyOf(newest);
    }

    static EdgeReports none(Set<String> roster) {
        return new EdgeReports(roster, Map.of());
    }

    /// Reports of edges that are not on the roster are not kept: nobody waits for them.
    EdgeReports with(Report report) {
        if (!roster.contains(report.writer())) {
            return this;
        }
        Map<String, Report> all = new TreeMap<>(newest);
        all.put(report.writer(), report);
        return new EdgeReports(roster, all);
    }

    /// With another roster; what edges that stay on it have reported is kept.
    EdgeReports on(Set<String> next) {
        Map<String, Report> kept = new TreeMap<>(newest);
        kept.keySet().retainAll(next);
        return new EdgeReports(next, kept);
    }

    /// For the next beat.
    List<Echo> echoes() {
        return newest.values().stream()
                .map(report -> new Echo(report.writer(), report.nonce()))
                .sorted(Comparator.comparing(Echo::edge))
                .toList();
    }

    /// True if no edge answers any more as if the change had not been made.
    ///
    /// @param now on the monotonic clock
    boolean isEffective(ClusterRules rules, DurableChange change, long now, Duration maxStaleness) {
        if (hasOutlived(rules, change, now, maxStaleness)) {
            return true;
        }
        for (String edge : roster) {
            Report report = newest.get(edge);
            if (report == null
                    || !rules.hasApplied(report, change.generation(), change.sequence())) {
                return false;
            }
        }
        return true;
    }

    /// True if every lease from before the change has ended.
    ///
    /// @param now on the monotonic clock
    static boolean hasOutlived(
            ClusterRules rules, DurableChange change, long now, Duration maxStaleness) {
        return now - rules.effectiveFrom(change) >= rules.effectiveAfter(maxStaleness).toNanos();
    }
}
