package org.precertocsp.responder.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.precertocsp.responder.duty.DutyState;
import org.precertocsp.responder.freshness.RenewalState;
import org.precertocsp.responder.intake.ctlog.watch.LogState;
import org.precertocsp.responder.intake.ctlog.watch.LogWatch;
import org.precertocsp.responder.rocksdb.ResponseCounts;
import org.precertocsp.signer.SignerUnavailable.Cause;
import org.precertocsp.signer.SigningState;

/// What is counted, as Prometheus reads it. Labels name issuers and causes, never a serial: there
/// are millions of those, and they are nobody's business. Thread-safe.
public final class Metrics {
    private static final String PREFIX = "precertocsp.";

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<DutyHistogram> histograms = new CopyOnWriteArrayList<>();

    /// Everything, in Prometheus's text format.
    public String text() {
        StringBuilder all = new StringBuilder(registry.scrape());
        histograms.forEach(it -> it.appendTo(all));
        return all.toString();
    }

    /// How long serials waited for their first answer (SA-01).
    ///
    /// @param states asked at every look; always of the same issuers and bases
    /// @param apart what was not measured; always of the same issuers
    public void addDuty(Supplier<List<DutyState>> states, Supplier<List<DutyState.Apart>> apart) {
        histograms.add(new DutyHistogram(states));
        for (DutyState.Apart each : apart.get()) {
            String issuer = each.issuer();
            Supplier<DutyState.Apart> now =
                    () ->
                            apart.get().stream()
                                    .filter(it -> it.issuer().equals(issuer))
                                    .findFirst()
                                    .orElseThrow();
            Tags tags = Tags.of("issuer", issuer);
            counter("first.answer.backfill", tags, now, DutyState.Apart::backfill);
            counter("first.answer.listed", tags, now, DutyState.Apart::listed);
            gauge("first.answer.waiting", tags, now, DutyState.Apart::waiting);
        }
        for (DutyState each : states.get()) {
            Supplier<DutyState> now =
                    () ->
                            states.get().stream()
                                    .filter(it -> it.issuer().equals(each.issuer()))
                                    .filter(it -> it.basis() == each.basis())
                                    .findFirst()
                                    .orElseThrow();
            Tags tags = Tags.of("issuer", each.issuer(), "basis", each.basis().toString());
            counter("first.answer.overdue", tags, now, DutyState::overdue);
        }
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
            gauge("renewal.lag.seconds", tags, now, it -> it.lag().toMillis() / 1e3);
            gauge("renewal.backlog", tags, now, it -> it.backlog() ? 1 : 0);
            gauge("renewal.failing", tags, now, it -> it.failing() ? 1 : 0);
            counter("renewal.signed", tags, now, RenewalState::signed);
            counter("renewal.failures", tags, now, RenewalState::failures);
        }
    }

    public void addResponses(Supplier<ResponseCounts> counts) {
        gauge("responses.stored", Tags.empty(), counts, ResponseCounts::stored);
        gauge("responses.waiting", Tags.empty(), counts, ResponseCounts::waiting);
        gauge("renewal.queue", Tags.empty(), counts, ResponseCounts::queued);
        counter("responses.kept", Tags.empty(), counts, ResponseCounts::kept);
        counter("responses.dropped", Tags.empty(), counts, ResponseCounts::dropped);
        counter("responses.unreadable", Tags.empty(), counts, ResponseCounts::unreadable);
    }

    /// @param watch asked at every look
    public void addLogs(LogWatch watch) {
        for (LogState state : watch.states()) {
            String log = state.log();
            Supplier<LogState> now =
                    () ->
                            watch.states().stream()
                                    .filter(it -> it.log().equals(log))
                                    .findFirst()
                                    .orElseThrow();
            Tags tags = Tags.of("log", log);
            counter("log.entries.read", tags, now, it -> it.reading().entries());
            gauge("log.place", tags, now, it -> it.reading().place());
            gauge("log.head.size", tags, now, it -> it.reading().headSize());
            gauge("log.lag.entries", tags, now, it -> it.reading().lag());
            gauge("log.head.timestamp.seconds", tags, now, Metrics::headSeconds);
            counter("log.incidents", tags, now, it -> watch.incidentsOf(it.log()));
            for (LogState.Phase phase : LogState.Phase.values()) {
                Tags labelled = tags.and("state", phase.label());
                gauge("log.state", labelled, now, it -> it.phase() == phase ? 1 : 0);
            }
        }
    }

    private static double headSeconds(LogState state) {
        return state.reading().headAt().map(at -> at.toEpochMilli() / 1e3).orElse(0.0);
    }

    /// @param open incidents that no feed of the CA has settled
    public void addNeverFed(String issuer, LongSupplier open) {
        Supplier<LongSupplier> now = () -> open;
        gauge("never.fed", Tags.of("issuer", issuer), now, LongSupplier::getAsLong);
    }

    public void addSigning(String issuer, Supplier<SigningState> state) {
        Tags tags = Tags.of("issuer", issuer);
        gauge("signing.in.flight", tags, state, SigningState::inFlight);
        gauge("signing.waiting", tags, state, SigningState::waiting);
        gauge("signing.breaker.open", tags, state, it -> it.breakerOpen() ? 1 : 0);
        counter("signing.signed", tags, state, SigningState::signed);
        for (Cause cause : Cause.values()) {
            String text = cause.name().toLowerCase(Locale.ROOT);
            counter("signing.refused", tags.and("cause", text), state, refused(cause));
        }
    }

    private static ToDoubleFunction<SigningState> refused(Cause cause) {
        return state -> state.refused().getOrDefault(cause, 0L);
    }

    private <T> void gauge(String name, Tags tags, Supplier<T> source, ToDoubleFunction<T> value) {
        Gauge.builder(PREFIX + name, source, it -> value.applyAsDouble(it.get()))
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    private <T> void counter(
            String name, Tags tags, Supplier<T> source, ToDoubleFunction<T> value) {
        // A counter holds its object weakly; this one lives as long as the registry.
        FunctionCounter.builder(PREFIX + name, this, _ -> value.applyAsDouble(source.get()))
                .tags(tags)
                .register(registry);
    }
}
