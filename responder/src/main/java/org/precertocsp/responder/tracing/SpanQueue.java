package org.precertocsp.responder.tracing;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.common.ComponentLoader;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// Holds spans from their end until the collector has them, no more than [Traces#MAX_WAITING] at a
/// time. Thread-safe; a span that ends never waits.
///
/// It counts in front of the library's own queue, which reports what it drops only through the
/// library's metrics.
final class SpanQueue implements SpanProcessor {
    private final CollectorSender sender;
    private final SpanProcessor batches;
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder sent = new LongAdder();
    private final LongAdder full = new LongAdder();
    private final LongAdder failed = new LongAdder();

    private SpanQueue(CollectorSender sender, TracingConfig config) {
        this.sender = sender;
        HttpSenderProvider ours = _ -> sender;
        SpanExporter exporter =
                OtlpHttpSpanExporter.builder()
                        .setEndpoint(config.endpoint().toString())
                        .setTimeout(config.timeout())
                        // While one batch is tried again the next ones are dropped.
                        .setRetryPolicy(null)
                        .setMeterProvider(MeterProvider::noop)
                        .setComponentLoader(only(ours))
                        .build();
        this.batches =
                BatchSpanProcessor.builder(new Counting(exporter))
                        .setMaxQueueSize(Traces.MAX_WAITING)
                        .setMaxExportBatchSize(Traces.MAX_TOGETHER)
                        .setScheduleDelay(Traces.GATHERING)
                        .setExporterTimeout(sender.patience())
                        .setMeterProvider(MeterProvider::noop)
                        .build();
    }

    static SpanQueue to(CollectorSender sender, TracingConfig config) {
        return new SpanQueue(sender, config);
    }

    private static ComponentLoader only(HttpSenderProvider provider) {
        return new ComponentLoader() {
            @Override
            public <T> Iterable<T> load(Class<T> type) {
                return type.isInstance(provider) ? List.of(type.cast(provider)) : List.of();
            }
        };
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
        return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        if (waiting.incrementAndGet() > Traces.MAX_WAITING) {
            waiting.decrementAndGet();
            full.increment();
        } else {
            batches.onEnd(span);
        }
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }

    @Override
    public CompletableResultCode shutdown() {
        return batches.shutdown();
    }

    @Override
    public CompletableResultCode forceFlush() {
        return batches.forceFlush();
    }

    /// Gives up what is still on its way.
    @Override
    public void close() {
        sender.close();
    }

    int waiting() {
        return waiting.get();
    }

    TraceFigures figures() {
        return new TraceFigures(sent.sum(), full.sum(), failed.sum());
    }

    private final class Counting implements SpanExporter {
        private final SpanExporter exporter;

        Counting(SpanExporter exporter) {
            this.exporter = exporter;
        }

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            // The collection is used again as soon as this returns.
            int count = spans.size();
            CompletableResultCode result = exporter.export(spans);
            return result.whenComplete(
                    () -> {
                        waiting.addAndGet(-count);
                        (result.isSuccess() ? sent : failed).add(count);
                    });
        }

        @Override
        public CompletableResultCode flush() {
            return exporter.flush();
        }

        @Override
        public CompletableResultCode shutdown() {
            return exporter.shutdown();
        }
    }
}
