package org.precertocsp.responder.metrics;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.AlertChannelState;
import org.precertocsp.responder.alert.Alerts;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.alert.Severity;
import org.precertocsp.responder.answer.ClockMonitor;
import org.precertocsp.responder.backup.BackupState;
import org.precertocsp.responder.cluster.FollowerState;
import org.precertocsp.responder.cluster.RowComparison;
import org.precertocsp.responder.cluster.RowComparison.Compared;
import org.precertocsp.responder.cluster.answers.AuthorityAnswers;
import org.precertocsp.responder.cluster.answers.AuthorityClient;
import org.precertocsp.responder.cluster.answers.AuthorityClient.State;
import org.precertocsp.responder.cluster.responses.ResponseFollower;
import org.precertocsp.responder.cluster.responses.ResponsePublisher;
import org.precertocsp.responder.ctlog.LogMonitor;
import org.precertocsp.responder.http.OcspHttpServer;
import org.precertocsp.responder.http.OverloadMonitor;
import org.precertocsp.responder.http.RequestMetrics;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.metrics.sla.AnswerDelayMonitor;
import org.precertocsp.responder.metrics.unassigned.UnassignedMonitor;
import org.precertocsp.responder.metrics.unassigned.UnassignedRequestCount;
import org.precertocsp.responder.renewal.CredentialReloader;
import org.precertocsp.responder.renewal.IssuerCredential;
import org.precertocsp.responder.renewal.RenewalService;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.task.ReadinessCheck;
import org.precertocsp.responder.tracing.SpanCounts;

/// Registers the metrics of each part of a server: one method for each part.
public final class ServerMetrics {
    private final Metrics metrics;
    private final Map<List<String>, LongAdder> files = new ConcurrentHashMap<>();
    private final Map<List<String>, LongAdder> records = new ConcurrentHashMap<>();

    public ServerMetrics(Metrics metrics) {
        this.metrics = metrics;
        metrics.addCounts(MetricName.FEED_FILES, () -> sums(files));
        metrics.addCounts(MetricName.FEED_RECORDS, () -> sums(records));
    }

    /// Counts a file that was loaded or rejected.
    public void loaded(LoadSummary summary) {
        String result = summary.refusedFile().isPresent() ? "refused" : "taken";
        add(files, summary.kind(), result, 1);
        add(records, summary.kind(), "added", summary.added());
        add(records, summary.kind(), "changed", summary.changed());
        add(records, summary.kind(), "unchanged", summary.unchanged());
        add(records, summary.kind(), "refused", summary.refused());
        add(records, summary.kind(), "conflict", summary.conflicts());
        add(records, summary.kind(), "warning", summary.warnings());
    }

    private static void add(
            Map<List<String>, LongAdder> counts, String feed, String result, long count) {
        counts.computeIfAbsent(List.of(feed, result), _ -> new LongAdder()).add(count);
    }

    private static Map<List<String>, Long> sums(Map<List<String>, LongAdder> counts) {
        Map<List<String>, Long> sums =
                new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        counts.forEach((labels, count) -> sums.put(labels, count.sum()));
        return sums;
    }

    /// @param last read at every scrape
    public void backups(Supplier<Optional<BackupState.Last>> last, InstantSource clock) {
        metrics.add(
                MetricName.BACKUP_AGE,
                List.of(),
                () ->
                        last.get()
                                .map(it -> Duration.between(it.madeAt(), clock.instant()))
                                .map(it -> it.toMillis() / 1e3)
                                .orElse(Double.POSITIVE_INFINITY));
        metrics.add(
                MetricName.BACKUP_BYTES,
                List.of(),
                () -> last.get().map(BackupState.Last::bytes).orElse(0L));
    }

    public void traces(Supplier<SpanCounts> figures) {
        metrics.add(MetricName.TRACE_SPANS, List.of("sent"), () -> figures.get().sent());
        metrics.add(MetricName.TRACE_SPANS, List.of("full"), () -> figures.get().full());
        metrics.add(MetricName.TRACE_SPANS, List.of("failed"), () -> figures.get().failed());
    }

    public void answerDelays(AnswerDelayMonitor delays) {
        metrics.addDuty(delays::states, delays::apart);
    }

    public void logs(LogMonitor logs, ConfiguredIssuer.Directory issuers) {
        metrics.addLogs(logs);
        for (ConfiguredIssuer issuer : issuers.issuers()) {
            metrics.addNeverFed(issuer.name(), () -> logs.openIncidents(issuer.name()));
        }
    }

    public void renewals(RenewalService renewals) {
        metrics.addRenewals(renewals::states);
    }

    public void store(RocksStore store) {
        metrics.addResponses(store::responseCounts);
        metrics.addStore(store::figures);
    }

    public void traffic(RequestMetrics traffic) {
        metrics.addRequests(traffic);
    }

    /// @param layer as [MetricName#ANSWER_LAYER] labels it
    /// @param asked number of requests that reached it
    public void layer(String layer, Supplier<Long> asked) {
        metrics.add(MetricName.ANSWER_LAYER, List.of(layer), asked);
    }

    public void signing(List<IssuerCredential> credentials) {
        for (IssuerCredential credential : credentials) {
            metrics.addSigning(credential.issuer(), credential.bounded()::state);
        }
    }

    /// How a node of a cluster follows its log.
    public void follower(Supplier<FollowerState> state) {
        Supplier<FollowerState> now = metrics.once(state);
        metrics.add(MetricName.CLUSTER_EPOCH, List.of(), () -> now.get().epoch());
        metrics.add(MetricName.CLUSTER_SEQUENCE, List.of(), () -> now.get().sequence());
        metrics.add(MetricName.CLUSTER_BEHIND, List.of(), () -> now.get().behind());
        metrics.add(
                MetricName.CLUSTER_STOPPED,
                List.of(),
                () -> now.get().stopped().isPresent() ? 1 : 0);
        metrics.addCounts(
                MetricName.CLUSTER_RECORDS_IGNORED,
                () -> {
                    Map<List<String>, Long> counts = new HashMap<>();
                    now.get()
                            .ignored()
                            .forEach((reason, count) -> counts.put(List.of(reason), count));
                    return counts;
                });
    }

    /// @param age of an edge's lease, empty if it had none yet
    public void lease(Supplier<Optional<Duration>> age) {
        metrics.add(
                MetricName.CLUSTER_LEASE_AGE,
                List.of(),
                () -> age.get().map(it -> it.toMillis() / 1e3).orElse(Double.POSITIVE_INFINITY));
    }

    /// How the rows of another node compare with those of this authority.
    public void rows(String node, RowComparison rows) {
        metrics.add(
                MetricName.CLUSTER_ROWS_COMPARED,
                List.of(node),
                () -> compared(node, rows).map(Compared::sequence).orElse(0L));
        metrics.add(
                MetricName.CLUSTER_ROWS_DIFFERING,
                List.of(node),
                () -> compared(node, rows).map(it -> it.differing().size()).orElse(0));
    }

    private static Optional<Compared> compared(String node, RowComparison rows) {
        return Optional.ofNullable(rows.newest().get(node));
    }

    /// @param age of an authority's newest snapshot, empty if there is none
    public void snapshots(Supplier<Optional<Duration>> age) {
        metrics.add(
                MetricName.CLUSTER_SNAPSHOT_AGE,
                List.of(),
                () -> age.get().map(it -> it.toMillis() / 1e3).orElse(Double.POSITIVE_INFINITY));
    }

    /// An edge's view of the authorities.
    public void authorities(AuthorityClient authorities) {
        authority(
                authorities,
                MetricName.CLUSTER_AUTHORITY_FAILING,
                state -> state.failing() ? 1 : 0);
        authority(authorities, MetricName.CLUSTER_AUTHORITY_REPLIES, State::replies);
        authority(authorities, MetricName.CLUSTER_AUTHORITY_FAILURES, State::failures);
        authority(authorities, MetricName.CLUSTER_AUTHORITY_HEDGED, State::hedged);
        authority(authorities, MetricName.CLUSTER_AUTHORITY_DISBELIEVED, State::disbelieved);
        metrics.add(MetricName.CLUSTER_MISSES_WAITING, List.of(), authorities::waiting);
    }

    private void authority(
            AuthorityClient authorities, MetricName meaning, ToLongFunction<State> value) {
        for (int i = 0; i < authorities.states().size(); i++) {
            int number = i;
            metrics.add(
                    meaning,
                    List.of(authorities.states().get(i).name()),
                    () -> value.applyAsLong(authorities.states().get(number)));
        }
    }

    /// What an authority published.
    public void publishedResponses(Supplier<ResponsePublisher.State> state) {
        Supplier<ResponsePublisher.State> now = metrics.once(state);
        metrics.add(
                MetricName.CLUSTER_RESPONSES_PUBLISHED, List.of("sent"), () -> now.get().sent());
        metrics.add(
                MetricName.CLUSTER_RESPONSES_PUBLISHED,
                List.of("dropped"),
                () -> now.get().dropped());
        metrics.add(MetricName.CLUSTER_RESPONSES_WAITING, List.of(), () -> now.get().waiting());
    }

    /// What an edge received of it.
    public void receivedResponses(Supplier<ResponseFollower.State> state) {
        Supplier<ResponseFollower.State> now = metrics.once(state);
        metrics.addCounts(
                MetricName.CLUSTER_RESPONSES_RECEIVED,
                () -> {
                    Map<List<String>, Long> counts = new HashMap<>();
                    now.get()
                            .responses()
                            .forEach((result, count) -> counts.put(List.of(result), count));
                    return counts;
                });
        metrics.add(
                MetricName.CLUSTER_RESPONSES_IGNORED, List.of("forged"), () -> now.get().forged());
        metrics.add(
                MetricName.CLUSTER_RESPONSES_IGNORED,
                List.of("unreadable"),
                () -> now.get().unreadable());
        metrics.add(MetricName.CLUSTER_RESPONSES_BEHIND, List.of(), () -> now.get().behind());
        metrics.add(MetricName.CLUSTER_RESPONSES_EXPIRED, List.of(), () -> now.get().removed());
    }

    /// What an authority answered edges.
    public void edges(AuthorityAnswers answers) {
        metrics.add(MetricName.CLUSTER_EDGE_ANSWERS, List.of("response"), answers::withResponse);
        metrics.add(MetricName.CLUSTER_EDGE_ANSWERS, List.of("none"), answers::withoutResponse);
    }

    public void overload(OverloadMonitor overload) {
        for (OverloadMonitor.Limit limit : OverloadMonitor.Limit.values()) {
            metrics.add(
                    MetricName.CONNECTIONS_CLOSED,
                    List.of(limit.word()),
                    () -> overload.count(limit));
        }
    }

    public void connections(OcspHttpServer http) {
        metrics.add(MetricName.CONNECTIONS_OPEN, List.of(), http::openConnections);
        metrics.add(MetricName.CONNECTIONS_PENDING, List.of(), http::pendingBytes);
    }

    /// Uploads through the private API.
    ///
    /// @param refused by limit; always of the same limits
    public void uploads(Supplier<Integer> active, Supplier<Map<String, Long>> refused) {
        metrics.add(MetricName.UPLOADS_ACTIVE, List.of(), active);
        for (String limit : refused.get().keySet()) {
            metrics.add(
                    MetricName.UPLOADS_REFUSED,
                    List.of(limit),
                    () -> refused.get().getOrDefault(limit, 0L));
        }
    }

    public void alerts(Alerts alerts, InstantSource clock) {
        for (Severity severity : Severity.values()) {
            metrics.add(
                    MetricName.ALERTS_OPEN,
                    List.of(severity.name().toLowerCase(Locale.ROOT)),
                    () -> count(alerts.open(), it -> it.severity() == severity ? 1 : 0));
        }
        metrics.addGauges(
                MetricName.ALERTS_BY_KIND,
                () -> {
                    Map<List<String>, Double> kinds = new LinkedHashMap<>();
                    for (Incident.Kind kind : Incident.Kind.values()) {
                        kinds.put(List.of(kind.name()), 0.0);
                    }
                    alerts.open()
                            .forEach(
                                    it -> kinds.merge(List.of(it.kind().name()), 1.0, Double::sum));
                    return kinds;
                });
        metrics.add(
                MetricName.ALERTS_OVERDUE,
                List.of(),
                () -> {
                    Instant now = clock.instant();
                    return count(alerts.open(), it -> it.isOverdue(now) ? 1 : 0);
                });
        metrics.add(MetricName.ALERTS_LOST, List.of(), alerts::lost);
        for (int i = 0; i < alerts.channels().size(); i++) {
            channel(alerts, i);
        }
    }

    private static long count(List<Alert> alerts, ToLongFunction<Alert> one) {
        return alerts.stream().mapToLong(one).sum();
    }

    private void channel(Alerts alerts, int number) {
        List<String> name = List.of(alerts.channels().get(number).name());
        ToLongFunction<ToLongFunction<AlertChannelState>> now =
                value -> value.applyAsLong(alerts.channels().get(number));
        metrics.add(
                MetricName.CHANNEL_DELIVERED,
                name,
                () -> now.applyAsLong(AlertChannelState::delivered));
        metrics.add(
                MetricName.CHANNEL_FAILED, name, () -> now.applyAsLong(AlertChannelState::failed));
        metrics.add(
                MetricName.CHANNEL_WAITING,
                name,
                () -> now.applyAsLong(AlertChannelState::waiting));
        metrics.add(
                MetricName.CHANNEL_FAILING,
                name,
                () -> now.applyAsLong(it -> it.problem().isPresent() ? 1 : 0));
    }

    /// A check that throws counts as not fulfilled.
    public void ready(List<ReadinessCheck> checks) {
        metrics.addGauges(
                MetricName.READY,
                () -> {
                    Map<List<String>, Double> holding = new LinkedHashMap<>();
                    for (ReadinessCheck check : checks) {
                        holding.put(List.of(check.name()), holds(check) ? 1.0 : 0.0);
                    }
                    return holding;
                });
    }

    private static boolean holds(ReadinessCheck check) {
        try {
            return check.problem().get().isEmpty();
        } catch (RuntimeException _) {
            return false;
        }
    }

    public void tasks(BackgroundTasks tasks) {
        metrics.addCounts(
                MetricName.TASK_FAILURES,
                () -> {
                    Map<List<String>, Long> counts =
                            byTask(tasks, BackgroundTasks.State::failures, Long::sum);
                    counts.put(List.of("other"), tasks.uncaught());
                    return counts;
                });
        metrics.addGauges(
                MetricName.TASK_FAILING,
                () -> byTask(tasks, it -> it.problem().isPresent() ? 1.0 : 0.0, Math::max));
        metrics.addGauges(
                MetricName.TASK_BUSY,
                () ->
                        byTask(
                                tasks,
                                it -> it.busy().map(busy -> busy.toMillis() / 1e3).orElse(0.0),
                                Math::max));
    }

    private static <N> Map<List<String>, N> byTask(
            BackgroundTasks tasks,
            Function<BackgroundTasks.State, N> value,
            BinaryOperator<N> both) {
        Map<List<String>, N> all = new HashMap<>();
        tasks.states().forEach(it -> all.merge(List.of(it.name()), value.apply(it), both));
        return all;
    }

    public void clock(ClockMonitor clock) {
        metrics.add(MetricName.CLOCK_STEP, List.of(), () -> clock.step().toMillis() / 1e3);
        metrics.add(MetricName.CLOCK_BEHIND, List.of(), () -> clock.behind().toMillis() / 1e3);
    }

    public void unassigned(UnassignedMonitor monitor) {
        Supplier<Map<String, UnassignedRequestCount>> counts =
                metrics.once(
                        () ->
                                monitor.counts().stream()
                                        .collect(
                                                Collectors.toMap(
                                                        UnassignedRequestCount::issuer, it -> it)));
        for (UnassignedRequestCount issuer : monitor.counts()) {
            List<String> name = List.of(issuer.issuer());
            Supplier<UnassignedRequestCount> now =
                    () -> Objects.requireNonNull(counts.get().get(issuer.issuer()));
            metrics.add(MetricName.UNASSIGNED_REQUESTS, name, () -> now.get().requests());
            metrics.add(MetricName.UNASSIGNED_DISTINCT, name, () -> now.get().distinct());
            metrics.add(MetricName.UNASSIGNED_USUAL, name, () -> now.get().usual());
        }
    }

    public void keys(List<IssuerCredential> credentials, CredentialReloader upkeep) {
        for (IssuerCredential credential : credentials) {
            metrics.add(
                    MetricName.SIGNING_FAILING,
                    List.of(credential.issuer()),
                    () -> upkeep.problem(credential).isPresent() ? 1 : 0);
        }
    }

    public void certificates(List<IssuerCredential> credentials, ConfiguredIssuer.Directory fed) {
        for (IssuerCredential credential : credentials) {
            ConfiguredIssuer issuer = fed.of(credential.key()).orElseThrow();
            metrics.addEnds(
                    credential.issuer(),
                    () -> issuer.certificate().notAfter(),
                    () ->
                            credential
                                    .current()
                                    .credential()
                                    .delegate()
                                    .map(it -> it.notAfter())
                                    .orElseGet(() -> issuer.certificate().notAfter()));
        }
    }
}
