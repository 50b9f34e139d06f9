package org.precertocsp.responder.metrics;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.precertocsp.responder.admin.ReadinessCheck;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.Alerts;
import org.precertocsp.responder.alert.ChannelState;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.alert.Severity;
import org.precertocsp.responder.answer.ClockMonitor;
import org.precertocsp.responder.duty.FirstAnswers;
import org.precertocsp.responder.freshness.CredentialUpkeep;
import org.precertocsp.responder.freshness.KeptCredential;
import org.precertocsp.responder.freshness.Renewals;
import org.precertocsp.responder.http.OcspHttpServer;
import org.precertocsp.responder.http.OverloadMonitor;
import org.precertocsp.responder.http.Traffic;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.ctlog.watch.LogWatch;
import org.precertocsp.responder.rocksdb.RocksStores;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.tracing.TraceFigures;
import org.precertocsp.responder.unassigned.UnassignedCount;
import org.precertocsp.responder.unassigned.UnassignedMonitor;

/// Registers the metrics of each part of a server: one method for each part.
public final class ServerMetrics {
    private final Metrics metrics;
    private final Map<List<String>, LongAdder> files = new ConcurrentHashMap<>();
    private final Map<List<String>, LongAdder> records = new ConcurrentHashMap<>();

    public ServerMetrics(Metrics metrics) {
        this.metrics = metrics;
        metrics.addCounts(Meaning.FEED_FILES, () -> sums(files));
        metrics.addCounts(Meaning.FEED_RECORDS, () -> sums(records));
    }

    /// Counts a file that was loaded or refused.
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

    public void traces(Supplier<TraceFigures> figures) {
        metrics.add(Meaning.TRACE_SPANS, List.of("sent"), () -> figures.get().sent());
        metrics.add(Meaning.TRACE_SPANS, List.of("full"), () -> figures.get().full());
        metrics.add(Meaning.TRACE_SPANS, List.of("failed"), () -> figures.get().failed());
    }

    public void answerDelays(FirstAnswers delays) {
        metrics.addDuty(delays::states, delays::apart);
    }

    public void logs(LogWatch logs, FedIssuer.Directory issuers) {
        metrics.addLogs(logs);
        for (FedIssuer issuer : issuers.issuers()) {
            metrics.addNeverFed(issuer.name(), () -> logs.openIncidents(issuer.name()));
        }
    }

    public void renewals(Renewals renewals) {
        metrics.addRenewals(renewals::states);
    }

    public void store(RocksStores store) {
        metrics.addResponses(store::responseCounts);
        metrics.addStore(store::figures);
    }

    public void traffic(Traffic traffic) {
        metrics.addRequests(traffic);
    }

    /// @param layer as [Meaning#ANSWER_LAYER] labels it
    /// @param asked how often a request reached it
    public void layer(String layer, Supplier<Long> asked) {
        metrics.add(Meaning.ANSWER_LAYER, List.of(layer), asked);
    }

    public void signing(List<KeptCredential> credentials) {
        for (KeptCredential credential : credentials) {
            metrics.addSigning(credential.issuer(), credential.bounded()::state);
        }
    }

    public void overload(OverloadMonitor overload) {
        for (OverloadMonitor.Limit limit : OverloadMonitor.Limit.values()) {
            metrics.add(
                    Meaning.CONNECTIONS_CLOSED, List.of(limit.word()), () -> overload.count(limit));
        }
    }

    public void connections(OcspHttpServer http) {
        metrics.add(Meaning.CONNECTIONS_OPEN, List.of(), http::openConnections);
        metrics.add(Meaning.CONNECTIONS_PENDING, List.of(), http::pendingBytes);
    }

    /// Uploads through the private API.
    ///
    /// @param refused by limit; always of the same limits
    public void uploads(Supplier<Integer> active, Supplier<Map<String, Long>> refused) {
        metrics.add(Meaning.UPLOADS_ACTIVE, List.of(), active);
        for (String limit : refused.get().keySet()) {
            metrics.add(
                    Meaning.UPLOADS_REFUSED,
                    List.of(limit),
                    () -> refused.get().getOrDefault(limit, 0L));
        }
    }

    public void alerts(Alerts alerts, InstantSource clock) {
        for (Severity severity : Severity.values()) {
            metrics.add(
                    Meaning.ALERTS_OPEN,
                    List.of(severity.name().toLowerCase(Locale.ROOT)),
                    () -> count(alerts.open(), it -> it.severity() == severity ? 1 : 0));
        }
        metrics.addGauges(
                Meaning.ALERTS_BY_KIND,
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
                Meaning.ALERTS_OVERDUE,
                List.of(),
                () -> {
                    Instant now = clock.instant();
                    return count(alerts.open(), it -> it.isOverdue(now) ? 1 : 0);
                });
        metrics.add(Meaning.ALERTS_LOST, List.of(), alerts::lost);
        for (int i = 0; i < alerts.channels().size(); i++) {
            channel(alerts, i);
        }
    }

    private static long count(List<Alert> alerts, ToLongFunction<Alert> one) {
        return alerts.stream().mapToLong(one).sum();
    }

    private void channel(Alerts alerts, int number) {
        List<String> name = List.of(alerts.channels().get(number).name());
        ToLongFunction<ToLongFunction<ChannelState>> now =
                value -> value.applyAsLong(alerts.channels().get(number));
        metrics.add(
                Meaning.CHANNEL_DELIVERED, name, () -> now.applyAsLong(ChannelState::delivered));
        metrics.add(Meaning.CHANNEL_FAILED, name, () -> now.applyAsLong(ChannelState::failed));
        metrics.add(Meaning.CHANNEL_WAITING, name, () -> now.applyAsLong(ChannelState::waiting));
        metrics.add(
                Meaning.CHANNEL_FAILING,
                name,
                () -> now.applyAsLong(it -> it.problem().isPresent() ? 1 : 0));
    }

    /// A check that fails itself does not hold.
    public void ready(List<ReadinessCheck> checks) {
        metrics.addGauges(
                Meaning.READY,
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
                Meaning.TASK_FAILURES,
                () -> {
                    Map<List<String>, Long> counts =
                            byTask(tasks, BackgroundTasks.State::failures, Long::sum);
                    counts.put(List.of("other"), tasks.uncaught());
                    return counts;
                });
        metrics.addGauges(
                Meaning.TASK_FAILING,
                () -> byTask(tasks, it -> it.problem().isPresent() ? 1.0 : 0.0, Math::max));
        metrics.addGauges(
                Meaning.TASK_BUSY,
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
        metrics.add(Meaning.CLOCK_STEP, List.of(), () -> clock.step().toMillis() / 1e3);
        metrics.add(Meaning.CLOCK_BEHIND, List.of(), () -> clock.behind().toMillis() / 1e3);
    }

    public void unassigned(UnassignedMonitor monitor) {
        Supplier<Map<String, UnassignedCount>> counts =
                metrics.once(
                        () ->
                                monitor.counts().stream()
                                        .collect(
                                                Collectors.toMap(
                                                        UnassignedCount::issuer, it -> it)));
        for (UnassignedCount issuer : monitor.counts()) {
            List<String> name = List.of(issuer.issuer());
            Supplier<UnassignedCount> now =
                    () -> Objects.requireNonNull(counts.get().get(issuer.issuer()));
            metrics.add(Meaning.UNASSIGNED_REQUESTS, name, () -> now.get().requests());
            metrics.add(Meaning.UNASSIGNED_DISTINCT, name, () -> now.get().distinct());
            metrics.add(Meaning.UNASSIGNED_USUAL, name, () -> now.get().usual());
        }
    }

    public void keys(List<KeptCredential> credentials, CredentialUpkeep upkeep) {
        for (KeptCredential credential : credentials) {
            metrics.add(
                    Meaning.SIGNING_FAILING,
                    List.of(credential.issuer()),
                    () -> upkeep.problem(credential).isPresent() ? 1 : 0);
        }
    }

    public void certificates(List<KeptCredential> credentials, FedIssuer.Directory fed) {
        for (KeptCredential credential : credentials) {
            FedIssuer issuer = fed.of(credential.key()).orElseThrow();
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
