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
import org.precertocsp.responder.duty.DutyState;
import org.precertocsp.responder.freshness.RenewalState;
import org.precertocsp.responder.http.Traffic;
import org.precertocsp.responder.http.Traffic.Distribution;
import org.precertocsp.responder.intake.ctlog.watch.LogState;
import org.precertocsp.responder.intake.ctlog.watch.LogWatch;
import org.precertocsp.responder.rocksdb.ResponseCounts;
import org.precertocsp.responder.rocksdb.StoreFigures;
import org.precertocsp.signer.SignerUnavailable.Cause;
import org.precertocsp.signer.SigningState;

/// All metrics, in the format Prometheus reads. Labels name issuers and causes, never a serial:
/// there are millions of those, and they are confidential. Thread-safe.
public final class Metrics {
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<DutyHistogram> histograms = new CopyOnWriteArrayList<>();
    private final AtomicLong looks = new AtomicLong();

    public Metrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
    }

    /// A view that is read once for each look at the metrics, however many of them use it: the
    /// states of a hundred issuers would be gathered a hundred times otherwise.
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

    /// Everything, in Prometheus's text format.
    public String text() {
        looks.incrementAndGet();
        StringBuilder all = new StringBuilder(registry.scrape());
        histograms.forEach(it -> it.appendTo(all));
        return all.toString();
    }

    /// How long serials waited for their first answer (SA-01).
    ///
    /// @param states read at every look; always of the same issuers and bases
    /// @param apart what was not measured; always of the same issuers
    public void addDuty(Supplier<List<DutyState>> states, Supplier<List<DutyState.Apart>> apart) {
        histograms.add(new DutyHistogram(states));
        Supplier<Map<String, DutyState.Apart>> apartOnce = once(by(apart, DutyState.Apart::issuer));
        for (DutyState.Apart each : apart.get()) {
            String issuer = each.issuer();
            Supplier<DutyState.Apart> now =
                    () -> Objects.requireNonNull(apartOnce.get().get(issuer));
            Tags tags = Tags.of("issuer", issuer);
            counter(Meaning.FIRST_ANSWER_BACKFILL, tags, now, DutyState.Apart::backfill);
            counter(Meaning.FIRST_ANSWER_LISTED, tags, now, DutyState.Apart::listed);
            gauge(Meaning.FIRST_ANSWER_WAITING, tags, now, DutyState.Apart::waiting);
        }
        Supplier<Map<List<Object>, DutyState>> statesOnce =
                once(by(states, it -> List.of(it.issuer(), it.basis())));
        for (DutyState each : states.get()) {
            List<Object> key = List.of(each.issuer(), each.basis());
            Supplier<DutyState> now = () -> Objects.requireNonNull(statesOnce.get().get(key));
            Tags tags = Tags.of("issuer", each.issuer(), "basis", each.basis().toString());
            counter(Meaning.FIRST_ANSWER_OVERDUE, tags, now, DutyState::overdue);
        }
    }

    /// @param states read at every look; always of the same issuers
    public void addRenewals(Supplier<List<RenewalState>> states) {
        Supplier<Map<String, RenewalState>> statesOnce = once(by(states, RenewalState::issuer));
        for (RenewalState state : states.get()) {
            String issuer = state.issuer();
            Supplier<RenewalState> now = () -> Objects.requireNonNull(statesOnce.get().get(issuer));
            Tags tags = Tags.of("issuer", issuer);
            gauge(Meaning.RENEWAL_LAG, tags, now, it -> it.lag().toMillis() / 1e3);
            gauge(Meaning.RENEWAL_OVERDUE, tags, now, it -> it.overdue().isPresent() ? 1 : 0);
            gauge(Meaning.RENEWAL_BACKLOG, tags, now, it -> it.backlog() ? 1 : 0);
            gauge(Meaning.RENEWAL_FAILING, tags, now, it -> it.failing() ? 1 : 0);
            counter(Meaning.RENEWAL_SIGNED, tags, now, RenewalState::signed);
            counter(Meaning.RENEWAL_FAILURES, tags, now, RenewalState::failures);
        }
    }

    public void addResponses(Supplier<ResponseCounts> counts) {
        Tags none = Tags.empty();
        gauge(Meaning.RESPONSES_STORED, none, counts, ResponseCounts::stored);
        gauge(Meaning.RESPONSES_WAITING, none, counts, ResponseCounts::waiting);
        gauge(Meaning.RENEWAL_QUEUE, none, counts, ResponseCounts::queued);
        counter(Meaning.RESPONSES_KEPT, none, counts, ResponseCounts::kept);
        counter(Meaning.RESPONSES_DROPPED, none, counts, ResponseCounts::dropped);
        counter(Meaning.RESPONSES_UNREADABLE, none, counts, ResponseCounts::unreadable);
    }

    public void addStore(Supplier<StoreFigures> figures) {
        Tags none = Tags.empty();
        gauge(Meaning.STORE_SERIALS, none, figures, StoreFigures::serials);
        gauge(Meaning.STORE_TABLES, none, figures, StoreFigures::tables);
        gauge(Meaning.STORE_MEMTABLES, none, figures, StoreFigures::memtables);
        gauge(Meaning.STORE_READERS, none, figures, StoreFigures::readers);
        gauge(Meaning.STORE_COMPACTION, none, figures, StoreFigures::compaction);
        gauge(Meaning.STORE_COMPACTIONS, none, figures, StoreFigures::compactions);
        counter(Meaning.STORE_ERRORS, none, figures, StoreFigures::errors);
    }

    /// @param watch read at every look
    public void addLogs(LogWatch watch) {
        Supplier<Map<String, LogState>> states = once(by(watch::states, LogState::log));
        watch.forEachLog(log -> addLog(watch, states, log));
    }

    private void addLog(LogWatch watch, Supplier<Map<String, LogState>> states, String log) {
        Supplier<LogState> now = () -> Objects.requireNonNull(states.get().get(log));
        Tags tags = Tags.of("log", log);
        counter(Meaning.LOG_ENTRIES_READ, tags, now, it -> it.reading().entries());
        gauge(Meaning.LOG_PLACE, tags, now, it -> it.reading().place());
        gauge(Meaning.LOG_HEAD_SIZE, tags, now, it -> it.reading().headSize());
        gauge(Meaning.LOG_LAG_ENTRIES, tags, now, it -> it.reading().lag());
        gauge(Meaning.LOG_HEAD_TIMESTAMP, tags, now, Metrics::headSeconds);
        counter(Meaning.LOG_INCIDENTS, tags, now, it -> watch.incidentsOf(it.log()));
        for (LogState.Phase phase : LogState.Phase.values()) {
            Tags labelled = tags.and("state", phase.label());
            gauge(Meaning.LOG_STATE, labelled, now, it -> it.phase() == phase ? 1 : 0);
        }
    }

    private static double headSeconds(LogState state) {
        return state.reading().headAt().map(at -> at.toEpochMilli() / 1e3).orElse(0.0);
    }

    /// @param open incidents that no feed of the CA has settled
    public void addNeverFed(String issuer, LongSupplier open) {
        Supplier<LongSupplier> now = () -> open;
        gauge(Meaning.NEVER_FED, Tags.of("issuer", issuer), now, LongSupplier::getAsLong);
    }

    public void addSigning(String issuer, Supplier<SigningState> state) {
        Tags tags = Tags.of("issuer", issuer);
        gauge(Meaning.SIGNING_IN_FLIGHT, tags, state, SigningState::inFlight);
        gauge(Meaning.SIGNING_WAITING, tags, state, SigningState::waiting);
        gauge(Meaning.SIGNING_BREAKER_OPEN, tags, state, it -> it.breakerOpen() ? 1 : 0);
        counter(Meaning.SIGNING_SIGNED, tags, state, SigningState::signed);
        for (Cause cause : Cause.values()) {
            String text = cause.name().toLowerCase(Locale.ROOT);
            counter(Meaning.SIGNING_REFUSED, tags.and("cause", text), state, refused(cause));
        }
    }

    private static ToDoubleFunction<SigningState> refused(Cause cause) {
        return state -> state.refused().getOrDefault(cause, 0L);
    }

    /// When certificates end.
    public void addEnds(String issuer, Supplier<Instant> authority, Supplier<Instant> responder) {
        Tags tags = Tags.of("issuer", issuer);
        gauge(Meaning.ISSUER_END, tags, authority, Instant::getEpochSecond);
        gauge(Meaning.RESPONDER_END, tags, responder, Instant::getEpochSecond);
    }

    /// A value that its owner counts; read at every look.
    ///
    /// @param labels values, in the order of [Meaning#labels]
    public void add(Meaning meaning, List<String> labels, Supplier<? extends Number> value) {
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

    /// Requests and their times, which each event loop counts for itself: added up at every look.
    public void addRequests(Traffic traffic) {
        addCollector(() -> requests(traffic));
        addCollector(
                () ->
                        HistogramSnapshot.builder()
                                .name(name(Meaning.REQUEST_DURATION))
                                .help(Meaning.REQUEST_DURATION.help())
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
                                .name(name(Meaning.RESPONSE_AGE))
                                .help(Meaning.RESPONSE_AGE.help())
                                .dataPoint(point(traffic.ages(), 1, Labels.EMPTY))
                                .build());
    }

    /// Counters whose label values come and go, such as of the files and records that were loaded.
    ///
    /// @param counts by the values of the labels, in the order of [Meaning#labels]
    public void addCounts(Meaning meaning, Supplier<Map<List<String>, Long>> counts) {
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
    public void addGauges(Meaning meaning, Supplier<Map<List<String>, Double>> values) {
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
            Meaning meaning, Tags tags, Supplier<T> source, ToDoubleFunction<T> value) {
        Gauge.builder(meaning.dotted(), source, it -> value.applyAsDouble(it.get()))
                .description(meaning.help())
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    private <T> void counter(
            Meaning meaning, Tags tags, Supplier<T> source, ToDoubleFunction<T> value) {
        // A counter holds its object weakly; this one lives as long as the registry.
        FunctionCounter.builder(meaning.dotted(), this, _ -> value.applyAsDouble(source.get()))
                .description(meaning.help())
                .tags(tags)
                .register(registry);
    }

    private static CounterSnapshot requests(Traffic traffic) {
        CounterSnapshot.Builder all = counter(Meaning.REQUESTS);
        traffic.requests()
                .forEach(
                        (kind, count) ->
                                all.dataPoint(
                                        point(
                                                Meaning.REQUESTS,
                                                List.of(kind.method(), kind.hash(), kind.outcome()),
                                                count)));
        return all.build();
    }

    private static CounterSnapshot.Builder counter(Meaning meaning) {
        return CounterSnapshot.builder().name(name(meaning)).help(meaning.help());
    }

    private static CounterDataPointSnapshot point(
            Meaning meaning, List<String> labels, long count) {
        return CounterDataPointSnapshot.builder()
                .labels(labels(meaning, labels))
                .value((double) count)
                .build();
    }

    private static Labels labels(Meaning meaning, List<String> values) {
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

    private static String name(Meaning meaning) {
        return meaning.dotted().replace('.', '_');
    }
}
