package org.precertocsp.responder.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.LoadTrace;
import org.precertocsp.responder.intake.UnreadableFile;

/// Traces each file that is loaded, as a trace of its own. Thread-safe.
record FileTraces(Tracer tracer) implements LoadTrace {
    @Override
    public LoadSummary around(FeedKind kind, Loading loading) throws UnreadableFile {
        Span span =
                tracer.spanBuilder("load " + kind.word())
                        .setNoParent()
                        .setSpanKind(SpanKind.CONSUMER)
                        .setAttribute(Words.FEED, kind.word())
                        .startSpan();
        try {
            LoadSummary summary = loading.load();
            span.setAttribute(Words.RESULT, summary.refusedFile().isPresent() ? "refused" : "taken")
                    .setAttribute(Words.ADDED, summary.added())
                    .setAttribute(Words.CHANGED, summary.changed())
                    .setAttribute(Words.UNCHANGED, summary.unchanged())
                    .setAttribute(Words.REFUSED, summary.refused());
            return summary;
        } catch (UnreadableFile | RuntimeException e) {
            Steps.failed(span, e);
            throw e;
        } finally {
            span.end();
        }
    }
}
