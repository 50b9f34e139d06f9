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
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.precertocsp.responder.freshness.RenewalState;
import org.precertocsp.responder.rocksdb.ResponseCounts;
import org.precertocsp.responder.rocksdb.StoreFigures;
import org.precertocsp.signer.SignerUnavailable.Cause;
import org.precertocsp.signer.SigningState;

/// What is counted, as Prometheus reads it. Labels name issuers and causes, never a serial: there
/// are millions of those, and they are nobody's business. Thread-safe.
public final class Metrics {
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    public Metrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
    }

    /// Everything, in Prometheus's text format.
    public String text() {
        return registry.scrape();
    }

    /// @param states asked at every look; always of the same issuers
    public void addRenewals(Supplier<List<RenewalState>> states) {
        for (RenewalState state : states.get()) {
            String issuer = state.issuer();
            Supplier<RenewalState> now =
                    () ->
                            states.get().stream()
                                    .filter(it -> it.issuer().equals(issuer))
                                    .findFirst()
                                    .orElseThrow();
            Tags tags = Tags.of("issuer", issuer);
            gauge(Meaning.RENEWAL_LAG, tags, now, it -> it.lag().toMillis() / 1e3);
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

    /// Counted by somebody else; asked at every look.
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

    /// Metrics whose labels or buckets are known only when they are looked at.
    public void addCollector(Collector collector) {
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
}
