package org.precertocsp.responder.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.answer.ResolvedRequest;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.ResponseSource;
import org.precertocsp.responder.answer.ResponseStore;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusDetails;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.status.StatusRecord;

/// Wraps the layers of the answer chain, and traces a share of the requests. Thread-safe.
///
/// A trace begins when a request has moved from the event loops to a thread that may block.
/// Requests that an event loop answers at once have no parts, and deciding for each of them would
/// cost more than some of them take; the metrics contain their times.
public final class RequestTracing {
    private final RequestSpans steps;
    private final String path;
    private final double sample;
    private final SignatureTracing signatures;

    RequestTracing(RequestSpans steps, String path, double sample) {
        this.steps = steps;
        this.path = path;
        this.sample = sample;
        this.signatures = new SignatureTracing(steps);
    }

    /// Creates the wrappers of issuers' signers and keys.
    public SignatureTracing signatures() {
        return signatures;
    }

    /// Wraps the whole chain, for requests of one HTTP method.
    public ResponseSource requests(String method, ResponseSource chain) {
        return request ->
                ThreadLocalRandom.current().nextDouble() < sample
                        ? traced(method, chain, request)
                        : chain.answer(request);
    }

    private Answer traced(String method, ResponseSource chain, ResolvedRequest request) {
        Instant arrival = request.arrival();
        Span span =
                steps.tracer()
                        .spanBuilder(method + " " + path)
                        .setNoParent()
                        .setSpanKind(SpanKind.SERVER)
                        .setStartTimestamp(arrival)
                        .setAttribute(SpanAttributes.METHOD, method)
                        .setAttribute(SpanAttributes.ROUTE, path)
                        .setAttribute(SpanAttributes.CERT_IDS, (long) request.size())
                        .setAttribute(SpanAttributes.HASH, request.hash().word())
                        .setAttribute(SpanAttributes.LAYER, "gate")
                        .startSpan();
        try {
            waited(span, arrival);
            Answer answer =
                    ScopedValue.where(RequestSpans.REQUEST, span).call(() -> chain.answer(request));
            end(span, answer);
            return answer;
        } catch (RuntimeException e) {
            RequestSpans.failed(span, e);
            throw e;
        } finally {
            span.end();
        }
    }

    /// Adds a span for the wait for a thread, since the request arrived.
    private void waited(Span request, Instant arrival) {
        steps.tracer()
                .spanBuilder("wait for a thread")
                .setParent(Context.root().with(request))
                .setStartTimestamp(arrival)
                .startSpan()
                .end();
    }

    /// The reason is left out: the message of a failure may contain a serial.
    private static void end(Span span, Answer answer) {
        String outcome =
                switch (answer) {
                    case Answer.Served _, Answer.ServedOnce _ -> "answered";
                    case Answer.NotOurs _ -> "unauthorized";
                    case Answer.Busy _ -> "try_later";
                    case Answer.Failed _ -> "internal_error";
                };
        span.setAttribute(SpanAttributes.OUTCOME, outcome);
        if (answer instanceof Answer.Failed) {
            RequestSpans.failed(span, outcome);
        }
    }

    /// Notes that the layers before this one did not answer the request of this thread.
    public static void reached(String layer) {
        Span request = RequestSpans.request();
        if (request != null) {
            request.setAttribute(SpanAttributes.LAYER, layer);
        }
    }

    public StatusReader statuses(StatusReader store) {
        return new StatusReader() {
            @Override
            public Optional<StatusRecord> find(SerialKey key) {
                Span request = RequestSpans.request();
                return request == null
                        ? store.find(key)
                        : steps.measure("find status", request, () -> store.find(key));
            }

            @Override
            public StatusDetails dossier(SerialKey key) {
                return store.dossier(key);
            }

            @Override
            public boolean isSurelyUnassigned(
                    IssuerKey issuer, byte[] source, int offset, int length) {
                return store.isSurelyUnassigned(issuer, source, offset, length);
            }
        };
    }

    public ResponseStore responses(ResponseStore store) {
        return new ResponseStore() {
            @Override
            public Optional<StoredResponse> find(ResponseKey key) {
                Span request = RequestSpans.request();
                return request == null
                        ? store.find(key)
                        : steps.measure("find response", request, () -> store.find(key));
            }

            @Override
            public void keep(StoredResponse response) {
                store.keep(response);
            }
        };
    }
}
