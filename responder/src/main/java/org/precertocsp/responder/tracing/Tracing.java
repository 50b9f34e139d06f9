package org.precertocsp.responder.tracing;

import java.time.InstantSource;
import java.util.Optional;
import org.precertocsp.responder.answer.ResponseSource;
import org.precertocsp.responder.answer.ResponseStore;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.http.OcspServiceConfig.Sources;
import org.precertocsp.responder.intake.LoadTracer;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.ResponseSigner;

/// Wraps the parts that produce an answer if traces are configured, and otherwise returns them
/// unchanged.
public final class Tracing implements AutoCloseable {
    private final Optional<TracingExporter> traces;
    private final Optional<RequestTracing> requests;

    private Tracing(Optional<TracingExporter> traces, String path) {
        this.traces = traces;
        this.requests = traces.map(it -> it.requests(path));
    }

    public static Tracing off() {
        return new Tracing(Optional.empty(), "/");
    }

    /// Start it first, so that it is closed last: spans that end while the server stops are sent,
    /// too.
    ///
    /// @param path of the OCSP endpoint
    /// @throws InvalidCertificateException the collector's CA cannot be read
    public static Tracing start(Optional<TracingConfig> config, String path, InstantSource clock)
            throws InvalidCertificateException {
        return config.isEmpty()
                ? off()
                : new Tracing(Optional.of(TracingExporter.start(config.get(), clock)), path);
    }

    @Override
    public void close() {
        traces.ifPresent(TracingExporter::close);
    }

    public boolean isOff() {
        return traces.isEmpty();
    }

    public SpanCounts figures() {
        return traces.map(TracingExporter::figures).orElse(SpanCounts.NONE);
    }

    public Sources sources(ResponseSource chain) {
        return requests.map(
                        it -> new Sources(it.requests("GET", chain), it.requests("POST", chain)))
                .orElseGet(() -> Sources.of(chain));
    }

    /// Reports that a request reached a layer.
    public void reached(String layer) {
        if (requests.isPresent()) {
            RequestTracing.reached(layer);
        }
    }

    public StatusReader statuses(StatusReader store) {
        return requests.map(it -> it.statuses(store)).orElse(store);
    }

    public ResponseStore responses(ResponseStore store) {
        return requests.map(it -> it.responses(store)).orElse(store);
    }

    public ServedIssuer issuer(String name, ServedIssuer issuer) {
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

    public ResponseSigner key(ResponseSigner key) {
        return requests.map(it -> it.signatures().key(key)).orElse(key);
    }

    public ApiCallTracer calls() {
        return traces.map(TracingExporter::calls).orElse(ApiCallTracer.NONE);
    }

    public LoadTracer loads() {
        return traces.map(TracingExporter::loads).orElse(LoadTracer.NONE);
    }
}
