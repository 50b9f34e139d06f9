package org.precertocsp.responder.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.ctlog.LogMonitor;
import org.precertocsp.responder.ctlog.LogStatus;
import org.precertocsp.responder.http.RequestMetrics;
import org.precertocsp.responder.http.RequestMetrics.Distribution;
import org.precertocsp.responder.metrics.sla.AnswerDelayStatistics;
import org.precertocsp.responder.renewal.RenewalState;
import org.precertocsp.responder.store.StoreStatistics;
import org.precertocsp.responder.store.StoredResponseCounts;
import org.precertocsp.signer.SignerUnavailableException.Cause;
import org.precertocsp.signer.SigningState;

/// All metrics, in the format Prometheus reads. Labels name issuers and causes, never a serial:
/// there are millions of those, and they are confidential. Thread-safe.
public final class Metrics {
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<AnswerDelayHistogram> histograms = new CopyOnWriteArrayList<>();
    private final AtomicLong looks = new AtomicLong();

    public Metrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
    }

    /// A view that is read once per scrape, however many metrics use it: otherwise the states of a
    /// hundred issuers would be collected a hundred times.
    public <T> Supplier<T> once(Supplier<T> source) {
        AtomicReference<@Nullable Taken<T>> last = new AtomicReference<>();
        return () -> {
            long now = looks.get();
            Taken<T> taken = last.get();
            if (taken == null || taken.look() != now) {
                taken = new Taken<>(now, source.get());
                last.set(taken);
            }
            return taken.value();
        };
    }

    private record Taken<T>(long look, T value) {}

    private static <K, T> Supplier<Map<K, T>> by(Supplier<List<T>> all, Function<T, K> key) {
        return () -> all.get().stream().collect(Collectors.toMap(key, it -> it));
    }

    /// All metrics, in Prometheus's text format.
    public String text() {
        looks.incrementAndGet();
        StringBuilder all = new StringBuilder(registry.scrape());
        histograms.forEach(it -> it.appendTo(all));
        return all.toString();
    }

    /// How long serials waited for their first answer (SA-01).
    ///
    /// @param states read at every scrape; always of the same issuers and bases
    /// @param apart serials that were not measured; always of the same issuers
    public void addDuty(
            Supplier<List<AnswerDelayStatistics>> states,
            Supplier<List<AnswerDelayStatistics.Apart>> apart) {
        histograms.add(new AnswerDelayHistogram(states));
        Supplier<Map<String, AnswerDelayStatistics.Apart>> apartOnce =
                once(by(apart, AnswerDelayStatistics.Apart::issuer));
        for (AnswerDelayStatistics.Apart each : apart.get()) {
            String issuer = each.issuer();
            Supplier<AnswerDelayStatistics.Apart> now =
                    () -> Objects.requireNonNull(apartOnce.get().get(issuer));
            Tags tags = Tags.of("issuer", issuer);
            counter(
                    MetricName.FIRST_ANSWER_BACKFILL,
                    tags,
                    now,
                    AnswerDelayStatistics.Apart::backfill);
            counter(MetricName.FIRST_ANSWER_LISTED, tags, now, AnswerDelayStatistics.Apart::listed);
            gauge(MetricName.FIRST_ANSWER_WAITING, tags, now, AnswerDelayStatistics.Apart::waiting);
        }
        Supplier<Map<List<Object>, AnswerDelayStatistics>> statesOnce =
                once(by(states, it -> List.of(it.issuer(), it.basis())));
        for (AnswerDelayStatistics each : states.get()) {
            List<Object> key = List.of(each.issuer(), each.basis());
            Supplier<AnswerDelayStatistics> now =
                    () -> Objects.requireNonNull(statesOnce.get().get(key));
            Tags tags = Tags.of("issuer", each.issuer(), "basis", each.basis().toString());
            counter(MetricName.FIRST_ANSWER_OVERDUE, tags, now, AnswerDelayStatistics::overdue);
        }
    }

    /// @param states read at every scrape; always of the same issuers
    public void addRenewals(Supplier<List<RenewalState>> states) {
        Supplier<Map<String, RenewalState>> statesOnce = once(by(states, RenewalState::issuer));
        for (RenewalState state : states.get()) {
            String issuer = state.issuer();
            Supplier<RenewalState> now = () -> Objects.requireNonNull(statesOnce.get().get(issuer));
            Tags tags = Tags.of("issuer", issuer);
            gauge(MetricName.RENEWAL_LAG, tags, now, it -> it.lag().toMillis() / 1e3);
            gauge(MetricName.RENEWAL_OVERDUE, tags, now, it -> it.overdue().isPresent() ? 1 : 0);
            gauge(MetricName.RENEWAL_BACKLOG, tags, now, it -> it.backlog() ? 1 : 0);
            gauge(MetricName.RENEWAL_FAILING, tags, now, it -> it.failing() ? 1 : 0);
            counter(MetricName.RENEWAL_SIGNED, tags, now, RenewalState::signed);
            counter(MetricName.RENEWAL_FAILURES, tags, now, RenewalState::failures);
        }
    }

    public void addResponses(Supplier<StoredResponseCounts> counts) {
        Tags none = Tags.empty();
        gauge(MetricName.RESPONSES_STORED, none, counts, StoredResponseCounts::stored);
        gauge(MetricName.RESPONSES_WAITING, none, counts, StoredResponseCounts::waiting);
        gauge(MetricName.RENEWAL_QUEUE, none, counts, StoredResponseCounts::queued);
        counter(MetricName.RESPONSES_KEPT, none, counts, StoredResponseCounts::kept);
        counter(MetricName.RESPONSES_DROPPED, none, counts, StoredResponseCounts::dropped);
        counter(MetricName.RESPONSES_UNREADABLE, none, counts, StoredResponseCounts::unreadable);
    }

    public void addStore(Supplier<StoreStatistics> figures) {
        Tags none = Tags.empty();
        gauge(MetricName.STORE_SERIALS, none, figures, StoreStatistics::serials);
        gauge(MetricName.STORE_TABLES, none, figures, StoreStatistics::tables);
        gauge(MetricName.STORE_MEMTABLES, none, figures, StoreStatistics::memtables);
        gauge(MetricName.STORE_READERS, none, figures, StoreStatistics::readers);
        gauge(MetricName.STORE_COMPACTION, none, figures, StoreStatistics::compaction);
        gauge(MetricName.STORE_COMPACTIONS, none, figures, StoreStatistics::compactions);
        counter(MetricName.STORE_ERRORS, none, figures, StoreStatistics::errors);
    }

    /// @param watch read at every scrape
    public void addLogs(LogMonitor watch) {
        Supplier<Map<String, LogStatus>> states = once(by(watch::states, LogStatus::log));
        watch.forEachLog(log -> addLog(watch, states, log));
    }

    private void addLog(LogMonitor watch, Supplier<Map<String, LogStatus>> states, String log) {
        Supplier<LogStatus> now = () -> Objects.requireNonNull(states.get().get(log));
        Tags tags = Tags.of("log", log);
        counter(MetricName.LOG_ENTRIES_READ, tags, now, it -> it.reading().entries());
        gauge(MetricName.LOG_PLACE, tags, now, it -> it.reading().place());
        gauge(MetricName.LOG_HEAD_SIZE, tags, now, it -> it.reading().headSize());
        gauge(MetricName.LOG_LAG_ENTRIES, tags, now, it -> it.reading().lag());
        gauge(MetricName.LOG_HEAD_TIMESTAMP, tags, now, Metrics::headSeconds);
        counter(MetricName.LOG_INCIDENTS, tags, now, it -> watch.incidentsOf(it.log()));
        for (LogStatus.Phase phase : LogStatus.Phase.values()) {
            Tags labelled = tags.and("state", phase.label());
            gauge(MetricName.LOG_STATE, labelled, now, it -> it.phase() == phase ? 1 : 0);
        }
    }

    private static double headSeconds(LogStatus state) {
        return state.reading().headAt().map(at -> at.toEpochMilli() / 1e3).orElse(0.0);
    }

    /// @param open incidents that no feed of the CA has resolved
    public void addNeverFed(String issuer, LongSupplier open) {
        Supplier<LongSupplier> now = () -> open;
        gauge(MetricName.NEVER_FED, Tags.of("issuer", issuer), now, LongSupplier::getAsLong);
    }

    public void addSigning(String issuer, Supplier<SigningState> state) {
        Tags tags = Tags.of("issuer", issuer);
        gauge(MetricName.SIGNING_IN_FLIGHT, tags, state, SigningState::inFlight);
        gauge(MetricName.SIGNING_WAITING, tags, state, SigningState::waiting);
        gauge(MetricName.SIGNING_BREAKER_OPEN, tags, state, it -> it.breakerOpen() ? 1 : 0);
        counter(MetricName.SIGNING_SIGNED, tags, state, SigningState::signed);
        for (Cause cause : Cause.values()) {
            String text = cause.name().toLowerCase(Locale.ROOT);
            counter(MetricName.SIGNING_REFUSED, tags.and("cause", text), state, refused(cause));
        }
    }

    private static ToDoubleFunction<SigningState> refused(Cause cause) {
        return state -> state.refused().getOrDefault(cause, 0L);
    }

    /// Expiry times of certificates.
    public void addEnds(String issuer, Supplier<Instant> authority, Supplier<Instant> responder) {
        Tags tags = Tags.of("issuer", issuer);
        gauge(MetricName.ISSUER_END, tags, authority, Instant::getEpochSecond);
        gauge(MetricName.RESPONDER_END, tags, responder, Instant::getEpochSecond);
    }

    /// A value that its owner counts; read at every scrape.
    ///
    /// @param labels values, in the order of [MetricName#labels]
    public void add(MetricName meaning, List<String> labels, Supplier<? extends Number> value) {
        Tags tags = Tags.empty();
        for (int i = 0; i < labels.size(); i++) {
            tags = tags.and(meaning.labels().get(i), labels.get(i));
        }
        switch (meaning.type()) {
            case COUNTER -> counter(meaning, tags, value, Number::doubleValue);
            case GAUGE -> gauge(meaning, tags, value, Number::doubleValue);
            case HISTOGRAM ->
                    throw new IllegalArgumentException(meaning + " is more than a number");
        }
    }

    /// Requests and their times, which each event loop counts for itself: added up at every scrape.
    public void addRequests(RequestMetrics traffic) {
        addCollector(() -> requests(traffic));
        addCollector(
                () ->
                        HistogramSnapshot.builder()
                                .name(name(MetricName.REQUEST_DURATION))
                                .help(MetricName.REQUEST_DURATION.help())
                                .dataPoint(
                                        point(traffic.loopMicros(), 1e6, Labels.of("path", "loop")))
                                .dataPoint(
                                        point(
                                                traffic.chainMicros(),
                                                1e6,
                                                Labels.of("path", "chain")))
                                .build());
        addCollector(
                () ->
                        HistogramSnapshot.builder()
                                .name(name(MetricName.RESPONSE_AGE))
                                .help(MetricName.RESPONSE_AGE.help())
                                .dataPoint(point(traffic.ages(), 1, Labels.EMPTY))
                                .build());
    }

    /// Counters whose label values are not fixed, such as those of the files and records that were
    /// loaded.
    ///
    /// @param counts by the values of the labels, in the order of [MetricName#labels]
    public void addCounts(MetricName meaning, Supplier<Map<List<String>, Long>> counts) {
        addCollector(
                () -> {
                    CounterSnapshot.Builder all = counter(meaning);
                    counts.get()
                            .forEach(
                                    (labels, count) ->
                                            all.dataPoint(point(meaning, labels, count)));
                    return all.build();
                });
    }

    /// As [#addCounts], for gauges.
    public void addGauges(MetricName meaning, Supplier<Map<List<String>, Double>> values) {
        addCollector(
                () -> {
                    GaugeSnapshot.Builder all =
                            GaugeSnapshot.builder().name(name(meaning)).help(meaning.help());
                    values.get()
                            .forEach(
                                    (labels, value) ->
                                            all.dataPoint(
                                                    GaugeDataPointSnapshot.builder()
                                                            .labels(labels(meaning, labels))
                                                            .value(value)
                                                            .build()));
                    return all.build();
                });
    }

    private void addCollector(Collector collector) {
        registry.getPrometheusRegistry().register(collector);
    }

    private <T> void gauge(
            MetricName meaning, Tags tags, Supplier<T> source, ToDoubleFunction<T> value) {
        Gauge.builder(meaning.dotted(), source, it -> value.applyAsDouble(it.get()))
                .description(meaning.help())
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    private <T> void counter(
            MetricName meaning, Tags tags, Supplier<T> source, ToDoubleFunction<T> value) {
        // A counter references its object weakly; this one lives as long as the registry.
        FunctionCounter.builder(meaning.dotted(), this, _ -> value.applyAsDouble(source.get()))
                .description(meaning.help())
                .tags(tags)
                .register(registry);
    }

    private static CounterSnapshot requests(RequestMetrics traffic) {
        CounterSnapshot.Builder all = counter(MetricName.REQUESTS);
        traffic.requests()
                .forEach(
                        (kind, count) ->
                                all.dataPoint(
                                        point(
                                                MetricName.REQUESTS,
                                                List.of(kind.method(), kind.hash(), kind.outcome()),
                                                count)));
        return all.build();
    }

    private static CounterSnapshot.Builder counter(MetricName meaning) {
        return CounterSnapshot.builder().name(name(meaning)).help(meaning.help());
    }

    private static CounterDataPointSnapshot point(
            MetricName meaning, List<String> labels, long count) {
        return CounterDataPointSnapshot.builder()
                .labels(labels(meaning, labels))
                .value((double) count)
                .build();
    }

    private static Labels labels(MetricName meaning, List<String> values) {
        return Labels.of(meaning.labels().toArray(String[]::new), values.toArray(String[]::new));
    }

    private static HistogramDataPointSnapshot point(
            Distribution distribution, double unit, Labels labels) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        int last = distribution.counts().size() - 1;
        for (int i = 0; i < last; i++) {
            buckets.bucket((1L << i) / unit, distribution.counts().get(i));
        }
        buckets.bucket(Double.POSITIVE_INFINITY, distribution.counts().get(last));
        return HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(buckets.build())
                .sum(distribution.sum() / unit)
                .build();
    }

    private static String name(MetricName meaning) {
        return meaning.dotted().replace('.', '_');
    }

    /// The delays of first answers as a Prometheus histogram. Written without the library, which
    /// would write bucket bounds as `900.0`, and queries may select `900`.
    ///
    /// @param states read at every scrape
    record AnswerDelayHistogram(Supplier<List<AnswerDelayStatistics>> states) {
        private static final String NAME = "precertocsp_first_answer_seconds";

        void appendTo(StringBuilder text) {
            text.append("# HELP " + NAME + " From publication to the first answer (SA-01).\n");
            text.append("# TYPE " + NAME + " histogram\n");
            states.get().forEach(state -> append(state, text));
        }

        private static void append(AnswerDelayStatistics state, StringBuilder text) {
            String labels =
                    "issuer=\"%s\",basis=\"%s\"".formatted(escaped(state.issuer()), state.basis());
            long total = 0;
            for (int i = 0; i < state.counts().size(); i++) {
                total += state.counts().get(i);
                String end =
                        i < state.bounds().size()
                                ? Long.toString(state.bounds().get(i).toSeconds())
                                : "+Inf";
                text.append("%s_bucket{%s,le=\"%s\"} %d\n".formatted(NAME, labels, end, total));
            }
            text.append("%s_sum{%s} %s\n".formatted(NAME, labels, state.seconds()));
            text.append("%s_count{%s} %d\n".formatted(NAME, labels, total));
        }

        private static String escaped(String value) {
            return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        }
    }
}
