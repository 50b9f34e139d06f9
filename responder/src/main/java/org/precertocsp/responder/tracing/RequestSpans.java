package org.precertocsp.responder.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Creates the spans inside the request that this thread is answering. Thread-safe.
record RequestSpans(Tracer tracer) {
    /// Bound while a traced request is answered.
    static final ScopedValue<Span> REQUEST = ScopedValue.newInstance();

    /// Null on any other thread, and for requests that are not traced.
    static @Nullable Span request() {
        return REQUEST.isBound() ? REQUEST.get() : null;
    }

    Span begin(String name, Span parent) {
        return tracer.spanBuilder(name).setParent(Context.root().with(parent)).startSpan();
    }

    /// @param parent from [#request]
    <T> T measure(String name, Span parent, Supplier<T> work) {
        Span span = begin(name, parent);
        try {
            return work.get();
        } catch (RuntimeException e) {
            failed(span, e);
            throw e;
        } finally {
            span.end();
        }
    }

    /// Records only the exception's class: its message may contain a serial.
    static void failed(Span span, Exception failure) {
        failed(span, failure.getClass().getName());
    }

    /// @param kind one of a few fixed words
    static void failed(Span span, String kind) {
        span.setAttribute(SpanAttributes.ERROR, kind).setStatus(StatusCode.ERROR);
    }
}
