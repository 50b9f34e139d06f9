package org.precertocsp.responder.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.cluster.ClusterRecord.Change;
import org.precertocsp.responder.cluster.ClusterRecord.Claim;
import org.precertocsp.responder.cluster.ClusterRecord.Echo;
import org.precertocsp.responder.cluster.ClusterRecord.Report;
import org.precertocsp.responder.cluster.ClusterRecord.Reset;
import org.precertocsp.responder.cluster.RecordVerifier.Opened;

/// What the newest records of the logs tell an operator, from outside: without the store of any
/// node, and so without a proof that every record counts. Records may be added in any order, so
/// that the log can be read backwards. Not thread-safe.
public final class ClusterSummary {
    private final ClusterConfig cluster;
    private final RecordVerifier verifier;

    private long generation;
    private long epoch;
    private @Nullable String holder;
    private long holderOffset;
    private long newestChange;
    private int forged;
    private int unreadable;
    private Optional<ResponsesState> responses = Optional.empty();
    private final Map<String, Seen<Beat>> beats = new HashMap<>();
    private final Map<String, Seen<Report>> reports = new HashMap<>();

    /// When each nonce was reported.
    private final Map<ByteString, Instant> sent = new HashMap<>();

    /// By edge, of all echoes found.
    private final Map<String, List<ByteString>> echoed = new HashMap<>();

    /// The log of responses.
    ///
    /// @param records that are there: each a batch
    /// @param newest age of the newest one, by the clock of its broker; empty if there is none
    public record ResponsesState(long records, Optional<Duration> newest) {}

    private record Seen<T>(T record, Instant at, long offset) {}

    /// @param cluster with the keys that records are checked with; an edge knows no other edges
    public ClusterSummary(ClusterConfig cluster) {
        this.cluster = cluster;
        this.verifier = new RecordVerifier(cluster.authorityKeys(), cluster.edgeKeys());
    }

    /// Adds a record of either log.
    ///
    /// @param appended when, by the clock of the broker
    public void add(long offset, Instant appended, ByteString record) {
        switch (verifier.open(record)) {
            case Opened.Genuine genuine -> add(offset, appended, genuine.record());
            case Opened.Unreadable _ -> unreadable++;
            case Opened.Forged _ -> forged++;
        }
    }

    /// Adds what was found of the log of responses.
    public void add(ResponsesState found) {
        responses = Optional.of(found);
    }

    private void add(long offset, Instant appended, ClusterRecord record) {
        if (record instanceof Report report) {
            sent.put(report.nonce(), appended);
            reports.merge(
                    report.writer(), new Seen<>(report, appended, offset), ClusterSummary::newer);
            return;
        }
        if (record.generation() < generation) {
            return;
        }
        if (record.generation() > generation) {
            generation = record.generation();
            epoch = 0;
            holder = null;
            newestChange = 0;
            beats.clear();
        }
        switch (record) {
            case Claim claim -> held(claim.epoch(), claim.writer(), offset, true);
            case Change change -> {
                held(change.epoch(), change.writer(), offset, false);
                newestChange = Math.max(newestChange, change.sequence());
            }
            case Beat beat -> {
                beats.merge(
                        beat.writer(), new Seen<>(beat, appended, offset), ClusterSummary::newer);
                for (Echo echo : beat.echoes()) {
                    echoed.computeIfAbsent(echo.edge(), _ -> new ArrayList<>()).add(echo.nonce());
                }
            }
            case Reset reset -> newestChange = Math.max(newestChange, reset.sequence());
            case ClusterRecord.RowDigests _ -> {
                // The authorities compare them.
            }
            case Report _ -> throw new IllegalStateException("handled above");
        }
    }

    private static <T> Seen<T> newer(Seen<T> one, Seen<T> other) {
        return one.offset() >= other.offset() ? one : other;
    }

    /// Of two claims of one epoch the first in the log counts.
    private void held(long claimed, String writer, long offset, boolean claim) {
        if (claimed > epoch || (claimed == epoch && claim && offset < holderOffset)) {
            epoch = claimed;
            holder = writer;
            holderOffset = claim ? offset : Long.MAX_VALUE;
        }
    }

    /// False while older records should be added.
    public boolean knowsHolder() {
        return holder != null;
    }

    /// An authority.
    ///
    /// @param beat age of its newest beat, if one was found
    /// @param sequence of the newest change it had read by then
    public record AuthorityState(
            String name, boolean holder, Optional<Duration> beat, long sequence) {}

    /// An edge of the roster.
    ///
    /// @param report age of its newest report, if one was found
    /// @param applied sequence of the newest change it had applied by then
    /// @param lag how many changes it had not
    /// @param lease age of the lease it can have at most, if an echo of it was found
    public record EdgeState(
            String name,
            Optional<Duration> report,
            long applied,
            long lag,
            Optional<Duration> lease) {}

    /// The whole.
    ///
    /// @param sequence of the newest change that an authority has read
    /// @param responses if the log of responses was looked at
    /// @param forged records that nobody of the cluster signed
    /// @param unreadable records of a newer version of this program
    /// @param problems in words; none if all is well
    public record State(
            long generation,
            long epoch,
            Optional<String> holder,
            long sequence,
            List<AuthorityState> authorities,
            List<EdgeState> edges,
            Optional<ResponsesState> responses,
            int forged,
            int unreadable,
            List<String> problems) {
        public State {
            authorities = List.copyOf(authorities);
            edges = List.copyOf(edges);
            problems = List.copyOf(problems);
        }
    }

    /// What is known.
    ///
    /// @param now by the clock of this machine, which may differ from the brokers'
    /// @param silence after which a node that said nothing is a problem
    public State state(Instant now, Duration silence) {
        long sequence =
                beats.values().stream()
                        .mapToLong(seen -> seen.record().sequence())
                        .max()
                        .orElse(newestChange);
        List<AuthorityState> authorities =
                cluster.authorities().stream().map(node -> authority(node.name(), now)).toList();
        List<EdgeState> edges =
                cluster.edges().stream().map(node -> edge(node.name(), sequence, now)).toList();
        return new State(
                generation,
                epoch,
                Optional.ofNullable(holder),
                sequence,
                authorities,
                edges,
                responses,
                forged,
                unreadable,
                problems(authorities, edges, silence));
    }

    private AuthorityState authority(String name, Instant now) {
        Optional<Seen<Beat>> beat = Optional.ofNullable(beats.get(name));
        return new AuthorityState(
                name,
                name.equals(holder),
                beat.map(seen -> age(seen.at(), now)),
                beat.map(seen -> seen.record().sequence()).orElse(0L));
    }

    private EdgeState edge(String name, long sequence, Instant now) {
        Optional<Seen<Report>> report = Optional.ofNullable(reports.get(name));
        long applied =
                report.filter(seen -> seen.record().generation() == generation)
                        .map(seen -> seen.record().sequence())
                        .orElse(0L);
        Optional<Instant> lease =
                echoed.getOrDefault(name, List.of()).stream()
                        .flatMap(nonce -> Optional.ofNullable(sent.get(nonce)).stream())
                        .max(Instant::compareTo);
        return new EdgeState(
                name,
                report.map(seen -> age(seen.at(), now)),
                applied,
                Math.max(0, sequence - applied),
                lease.map(since -> age(since, now)));
    }

    private static Duration age(Instant then, Instant now) {
        Duration age = Duration.between(then, now);
        return age.isNegative() ? Duration.ZERO : age;
    }

    private List<String> problems(
            List<AuthorityState> authorities, List<EdgeState> edges, Duration silence) {
        List<String> problems = new ArrayList<>();
        if (holder == null) {
            problems.add("no authority has ever claimed: start one, or look at its log");
        }
        for (AuthorityState node : authorities) {
            if (node.beat().filter(age -> age.compareTo(silence) <= 0).isEmpty()) {
                problems.add("authority %s is silent%s".formatted(node.name(), since(node.beat())));
            }
        }
        for (EdgeState node : edges) {
            if (node.report().filter(age -> age.compareTo(silence) <= 0).isEmpty()) {
                problems.add("edge %s is silent%s".formatted(node.name(), since(node.report())));
            } else if (node.lease()
                    .filter(age -> age.compareTo(cluster.maxStaleness()) < 0)
                    .isEmpty()) {
                problems.add(
                        "edge %s has no lease: it says good of nothing".formatted(node.name()));
            }
        }
        if (forged > 0) {
            problems.add(
                    "%d of the records read were signed by nobody of this cluster: see who may write to the topics"
                            .formatted(forged));
        }
        if (unreadable > 0) {
            problems.add(
                    "%d of the records read are of a newer version: run its \"cluster status\""
                            .formatted(unreadable));
        }
        return problems;
    }

    private static String since(Optional<Duration> age) {
        return age.map(it -> " since %d s".formatted(it.toSeconds()))
                .orElse(": none of its records was found");
    }
}
