package org.precertocsp.responder.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.concurrent.ThreadLocalRandom;
import org.precertocsp.responder.admin.api.CallTrace;

/// Traces calls of the private API. Thread-safe.
///
/// Its callers may carry on a trace of their own, by W3C's `traceparent`, and say by it whether
/// this call is traced. The public endpoint reads no such header: anybody could have all requests
/// traced.
record ApiTraces(Tracer tracer, double sample) implements CallTrace {
    private static final TextMapGetter<Call> HEADER =
            (call, key) ->
                    call != null && key.equals("traceparent") ? call.parent().orElse(null) : null;

    @Override
    public Ending begin(Call call) {
        Context parent =
                W3CTraceContextPropagator.getInstance().extract(Context.root(), call, HEADER);
        if (!isTraced(call, Span.fromContext(parent).getSpanContext())) {
            return NOT_TRACED;
        }
        Span span =
                tracer.spanBuilder(call.method() + " " + call.route())
                        .setParent(parent)
                        .setSpanKind(SpanKind.SERVER)
                        .setAttribute(Words.METHOD, call.method())
                        .setAttribute(Words.ROUTE, call.route())
                        .startSpan();
        return status -> {
            span.setAttribute(Words.STATUS, (long) status);
            if (status >= 500) {
                Steps.failed(span, Integer.toString(status));
            }
            span.end();
        };
    }

    /// Consoles poll every few seconds.
    private boolean isTraced(Call call, SpanContext parent) {
        if (parent.isValid()) {
            return parent.isSampled();
        }
        return !call.method().equals("GET") || ThreadLocalRandom.current().nextDouble() < sample;
    }
}
