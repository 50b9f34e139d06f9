package org.precertocsp.responder;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.admin.api.CallTrace;
import org.precertocsp.responder.answer.ResponseSource;
import org.precertocsp.responder.answer.ResponseStore;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.http.Answering.Sources;
import org.precertocsp.responder.intake.LoadTrace;
import org.precertocsp.responder.metrics.Meaning;
import org.precertocsp.responder.metrics.Metrics;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.tracing.RequestTraces;
import org.precertocsp.responder.tracing.TraceFigures;
import org.precertocsp.responder.tracing.Traces;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.ResponseSigner;

/// [Wiring]'s part for traces: puts something around the parts of an answer where traces are
/// configured, and nothing at all where they are not.
final class TracingWiring {
    private final Optional<Traces> traces;
    private final Optional<RequestTraces> requests;

    private TracingWiring(Optional<Traces> traces, String path) {
        this.traces = traces;
        this.requests = traces.map(it -> it.requests(path));
    }

    static TracingWiring off() {
        return new TracingWiring(Optional.empty(), "/");
    }

    /// To be called first, and so closed last: what ends on the way out is still sent.
    ///
    /// @throws CertificateProblem the collector's CA cannot be read
    static TracingWiring start(ServerConfig config, InstantSource clock, Started started)
            throws CertificateProblem {
        return config.tracing().isEmpty()
                ? off()
                : new TracingWiring(
                        Optional.of(
                                started.closeLater(Traces.start(config.tracing().get(), clock))),
                        config.http().path());
    }

    boolean isOff() {
        return traces.isEmpty();
    }

    /// Has spans counted among all else.
    Metrics counted(Metrics metrics) {
        metrics.add(Meaning.TRACE_SPANS, List.of("sent"), () -> figures().sent());
        metrics.add(Meaning.TRACE_SPANS, List.of("full"), () -> figures().full());
        metrics.add(Meaning.TRACE_SPANS, List.of("failed"), () -> figures().failed());
        return metrics;
    }

    private TraceFigures figures() {
        return traces.map(Traces::figures).orElse(TraceFigures.NONE);
    }

    Sources sources(ResponseSource chain) {
        return requests.map(
                        it -> new Sources(it.requests("GET", chain), it.requests("POST", chain)))
                .orElseGet(() -> Sources.of(chain));
    }

    /// Reports that a request reached a layer.
    void reached(String layer) {
        if (requests.isPresent()) {
            RequestTraces.reached(layer);
        }
    }

    StatusReader statuses(StatusReader store) {
        return requests.map(it -> it.statuses(store)).orElse(store);
    }

    ResponseStore responses(ResponseStore store) {
        return requests.map(it -> it.responses(store)).orElse(store);
    }

    ServedIssuer issuer(String name, ServedIssuer issuer) {
        return new ServedIssuer(
                issuer.key(),
                issuer.profile(),
                issuer.validity(),
                whole(name, issuer.signer()),
                whole(name, issuer.singleUse()),
                issuer.presign(),
                issuer.caching());
    }

    private ResponseSigner whole(String name, ResponseSigner signer) {
        return requests.map(it -> it.signatures().whole(name, signer)).orElse(signer);
    }

    ResponseSigner key(ResponseSigner key) {
        return requests.map(it -> it.signatures().key(key)).orElse(key);
    }

    CallTrace calls() {
        return traces.map(Traces::calls).orElse(CallTrace.NONE);
    }

    LoadTrace loads() {
        return traces.map(Traces::loads).orElse(LoadTrace.NONE);
    }
}
