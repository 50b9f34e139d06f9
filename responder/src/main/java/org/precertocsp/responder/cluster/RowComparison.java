package org.precertocsp.responder.cluster;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.cluster.ClusterRecord.RowDigests;
import org.precertocsp.responder.status.FrozenRows;
import org.precertocsp.responder.status.FrozenRows.IssuerDigest;

/// Compares the rows of this authority with those of the other nodes, by the digests that all of
/// them report (K7). Thread-safe.
public final class RowComparison {
    /// Digests of this node that others are compared with, should theirs take longer.
    private static final int OWN = 4;

    /// A comparison.
    ///
    /// @param sequence of the newest change at which both nodes reported digests
    /// @param differing numbers of the issuers whose rows differ, [FrozenRows#ISSUERS] for the
    ///   numbers themselves; none if all is well
    public record Compared(long sequence, List<Integer> differing) {
        public Compared {
            differing = List.copyOf(differing);
        }
    }

    private final String name;
    private final Deque<RowDigests> own = new ArrayDeque<>();
    private final Map<String, RowDigests> newest = new HashMap<>();
    private final Map<String, Compared> compared = new HashMap<>();

    /// @param name of this authority
    RowComparison(String name) {
        this.name = name;
    }

    /// @param digests of any node, this one included, as they are read
    synchronized void add(RowDigests digests) {
        if (digests.writer().equals(name)) {
            own.addFirst(digests);
            if (own.size() > OWN) {
                own.removeLast();
            }
            newest.values().forEach(other -> compare(digests, other));
        } else {
            newest.put(digests.writer(), digests);
            own.stream().toList().forEach(mine -> compare(mine, digests));
        }
    }

    private void compare(RowDigests mine, RowDigests other) {
        if (mine.generation() == other.generation() && mine.sequence() == other.sequence()) {
            compared.put(other.writer(), new Compared(mine.sequence(), differing(mine, other)));
        }
    }

    private static List<Integer> differing(RowDigests mine, RowDigests other) {
        Map<Integer, IssuerDigest> one = byIssuer(mine);
        Map<Integer, IssuerDigest> two = byIssuer(other);
        TreeSet<Integer> issuers = new TreeSet<>(one.keySet());
        issuers.addAll(two.keySet());
        return issuers.stream()
                .filter(
                        issuer ->
                                !Optional.ofNullable(one.get(issuer))
                                        .equals(Optional.ofNullable(two.get(issuer))))
                .toList();
    }

    private static Map<Integer, IssuerDigest> byIssuer(RowDigests digests) {
        return digests.digests().stream()
                .collect(Collectors.toMap(IssuerDigest::issuer, Function.identity()));
    }

    /// The newest comparison with each node, as far as there was one since this process started.
    public synchronized Map<String, Compared> newest() {
        return Map.copyOf(compared);
    }

    /// Raises and ends alerts.
    public void look(Alarm alarm) {
        newest().forEach(
                        (node, result) -> {
                            if (result.differing().isEmpty()) {
                                alarm.end(Incident.Kind.CLUSTER_ROWS_DIFFER, node);
                            } else {
                                alarm.raise(
                                        new Incident(
                                                Incident.Kind.CLUSTER_ROWS_DIFFER,
                                                node,
                                                explain(node, result)));
                            }
                        });
    }

    private String explain(String node, Compared result) {
        List<String> what = new ArrayList<>();
        for (int issuer : result.differing()) {
            what.add(
                    issuer == FrozenRows.ISSUERS
                            ? "the numbers of issuers"
                            : "statuses of issuer number " + issuer);
        }
        String some = String.join(", ", what.subList(0, Math.min(10, what.size())));
        return ("Node %s and this authority, %s, have different rows at change %d: %s%s. If other"
                        + " nodes agree with this authority, begin %s again: stop it, move its store"
                        + " away, and start it, so that it takes a snapshot. If they do not, this"
                        + " authority's store is the wrong one: let another take over. The alert ends"
                        + " when both have the same rows the next day.")
                .formatted(
                        node,
                        name,
                        result.sequence(),
                        some,
                        what.size() > 10 ? " and %d more".formatted(what.size() - 10) : "",
                        node);
    }
}
