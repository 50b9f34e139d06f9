package org.precertocsp.responder.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.common.ComponentLoader;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.LoadTracer;
import org.precertocsp.responder.intake.UnreadableFileException;
import org.precertocsp.responder.io.HostName;
import org.precertocsp.signer.InvalidCertificateException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Traces requests, calls of the private API and loaded files, and sends the spans to a collector.
/// Thread-safe.
///
/// Nothing waits for the collector: spans are put into a queue of [#MAX_WAITING], one thread sends
/// them, and spans that find the queue full are counted and dropped.
public final class TracingExporter implements AutoCloseable {
    /// Maximum number of spans that have ended and are not sent yet, including those being sent.
    static final int MAX_WAITING = 2048;

    /// Maximum number of spans sent together.
    static final int MAX_TOGETHER = 512;

    /// How long spans wait to be sent together with others.
    static final Duration GATHERING = Duration.ofSeconds(1);

    /// Time to send the remaining spans at shutdown.
    private static final Duration LAST_SENDING = Duration.ofSeconds(2);

    // Names from the semantic conventions for the sender of spans.
    private static final String SERVICE = "precert-ocsp";
    private static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");
    private static final AttributeKey<String> INSTANCE =
            AttributeKey.stringKey("service.instance.id");
    private static final AttributeKey<String> HOST = AttributeKey.stringKey("host.name");
    private static final Logger LOG = LoggerFactory.getLogger(TracingExporter.class);

    private final BoundedSpanProcessor queue;
    private final SdkTracerProvider provider;
    private final Tracer tracer;
    private final double sample;

    private TracingExporter(BoundedSpanProcessor queue, SdkTracerProvider provider, double sample) {
        this.queue = queue;
        this.provider = provider;
        this.tracer = provider.get("org.precertocsp.responder");
        this.sample = sample;
    }

    /// Does not connect: a collector that is not running yet is found later.
    ///
    /// @param clock source of the spans' times
    /// @throws InvalidCertificateException the collector's CA cannot be read
    public static TracingExporter start(TracingConfig config, InstantSource clock)
            throws InvalidCertificateException {
        LogBridge.takeOver();
        BoundedSpanProcessor queue =
                BoundedSpanProcessor.to(CollectorHttpSender.of(config), config);
        SdkTracerProvider provider =
                SdkTracerProvider.builder()
                        .setClock(new SpanClock(clock))
                        .setResource(Resource.getDefault().merge(resource()))
                        // The code that starts a trace has sampled already.
                        .setSampler(Sampler.alwaysOn())
                        .addSpanProcessor(queue)
                        .build();
        LOG.info("traces of {} of the requests go to {}", config.sample(), config.endpoint());
        return new TracingExporter(queue, provider, config.sample());
    }

    private static Resource resource() {
        return Resource.create(
                Attributes.builder()
                        .put(SERVICE_NAME, SERVICE)
                        .put(INSTANCE, UUID.randomUUID().toString())
                        .put(HOST, HostName.get())
                        .build());
    }

    /// Traces requests through the answer chain.
    ///
    /// @param path of the endpoint
    public RequestTracing requests(String path) {
        return new RequestTracing(new RequestSpans(tracer), path, sample);
    }

    /// Traces the private API: calls that change something always, the rest with the share of
    /// requests.
    public ApiCallTracer calls() {
        return new ApiTracing(tracer, sample);
    }

    /// Traces each loaded file.
    public LoadTracer loads() {
        return new LoadTracing(tracer);
    }

    public SpanCounts figures() {
        return queue.figures();
    }

    /// Sends waiting spans, within seconds, and ends.
    @Override
    public void close() {
        provider.shutdown().join(LAST_SENDING.toMillis(), TimeUnit.MILLISECONDS);
        int left = queue.waiting();
        queue.close();
        if (left > 0) {
            LOG.warn("{} spans could not be sent before the end", left);
        }
    }

    /// The program's clock as an OpenTelemetry clock.
    static final class SpanClock implements Clock {
        private static final long NANOS = 1_000_000_000L;

        private final InstantSource clock;

        SpanClock(InstantSource clock) {
            this.clock = clock;
        }

        @Override
        public long now() {
            Instant now = clock.instant();
            return now.getEpochSecond() * NANOS + now.getNano();
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }
    }

    /// Traces each file that is loaded, as a trace of its own. Thread-safe.
    record LoadTracing(Tracer tracer) implements LoadTracer {
        @Override
        public LoadSummary around(FeedKind kind, Loading loading) throws UnreadableFileException {
            Span span =
                    tracer.spanBuilder("load " + kind.word())
                            .setNoParent()
                            .setSpanKind(SpanKind.CONSUMER)
                            .setAttribute(SpanAttributes.FEED, kind.word())
                            .startSpan();
            try {
                LoadSummary summary = loading.load();
                span.setAttribute(
                                SpanAttributes.RESULT,
                                summary.refusedFile().isPresent() ? "refused" : "taken")
                        .setAttribute(SpanAttributes.ADDED, summary.added())
                        .setAttribute(SpanAttributes.CHANGED, summary.changed())
                        .setAttribute(SpanAttributes.UNCHANGED, summary.unchanged())
                        .setAttribute(SpanAttributes.REFUSED, summary.refused());
                return summary;
            } catch (UnreadableFileException | RuntimeException e) {
                RequestSpans.failed(span, e);
                throw e;
            } finally {
                span.end();
            }
        }
    }

    /// Traces calls of the private API. Thread-safe.
    ///
    /// Callers may continue a trace of their own, by W3C's `traceparent`, which also determines
    /// whether this call is traced. The public endpoint reads no such header: anybody could have
    /// all requests traced.
    record ApiTracing(Tracer tracer, double sample) implements ApiCallTracer {
        private static final TextMapGetter<Call> HEADER =
                (call, key) ->
                        call != null && key.equals("traceparent")
                                ? call.parent().orElse(null)
                                : null;

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
                            .setAttribute(SpanAttributes.METHOD, call.method())
                            .setAttribute(SpanAttributes.ROUTE, call.route())
                            .startSpan();
            return status -> {
                span.setAttribute(SpanAttributes.STATUS, (long) status);
                if (status >= 500) {
                    RequestSpans.failed(span, Integer.toString(status));
                }
                span.end();
            };
        }

        /// Reading calls are sampled, since consoles poll every few seconds.
        private boolean isTraced(Call call, SpanContext parent) {
            if (parent.isValid()) {
                return parent.isSampled();
            }
            return !call.method().equals("GET")
                    || ThreadLocalRandom.current().nextDouble() < sample;
        }
    }

    /// Holds spans from their end until the collector has accepted them, at most
    /// [TracingExporter#MAX_WAITING] at a time. Thread-safe; ending a span never blocks.
    ///
    /// It counts spans before the library's own queue, which reports dropped spans only through the
    /// library's metrics.
    static final class BoundedSpanProcessor implements SpanProcessor {
        private final CollectorHttpSender sender;
        private final SpanProcessor batches;
        private final AtomicInteger waiting = new AtomicInteger();
        private final LongAdder sent = new LongAdder();
        private final LongAdder full = new LongAdder();
        private final LongAdder failed = new LongAdder();

        private BoundedSpanProcessor(CollectorHttpSender sender, TracingConfig config) {
            this.sender = sender;
            HttpSenderProvider ours = _ -> sender;
            SpanExporter exporter =
                    OtlpHttpSpanExporter.builder()
                            .setEndpoint(config.endpoint().toString())
                            .setTimeout(config.timeout())
                            // Retries are off: while one batch is retried, the next ones would be
                            // dropped.
                            .setRetryPolicy(null)
                            .setMeterProvider(MeterProvider::noop)
                            .setComponentLoader(only(ours))
                            .build();
            this.batches =
                    BatchSpanProcessor.builder(new Counting(exporter))
                            .setMaxQueueSize(TracingExporter.MAX_WAITING)
                            .setMaxExportBatchSize(TracingExporter.MAX_TOGETHER)
                            .setScheduleDelay(TracingExporter.GATHERING)
                            .setExporterTimeout(sender.patience())
                            .setMeterProvider(MeterProvider::noop)
                            .build();
        }

        static BoundedSpanProcessor to(CollectorHttpSender sender, TracingConfig config) {
            return new BoundedSpanProcessor(sender, config);
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
            if (waiting.incrementAndGet() > TracingExporter.MAX_WAITING) {
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

        /// Aborts sending.
        @Override
        public void close() {
            sender.close();
        }

        int waiting() {
            return waiting.get();
        }

        SpanCounts figures() {
            return new SpanCounts(sent.sum(), full.sum(), failed.sum());
        }

        private final class Counting implements SpanExporter {
            private final SpanExporter exporter;

            Counting(SpanExporter exporter) {
                this.exporter = exporter;
            }

            @Override
            public CompletableResultCode export(Collection<SpanData> spans) {
                // The collection is reused as soon as this returns.
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

    /// Writes OpenTelemetry's own messages to our log, at level debug: otherwise Java's logging
    /// would write them to standard error in another format, and they repeat at length what
    /// [CollectorHttpSender] logs once.
    private static final class LogBridge extends Handler {
        // A strong reference, since Java discards the settings of unreferenced loggers.
        private static final java.util.logging.Logger THEIRS =
                java.util.logging.Logger.getLogger("io.opentelemetry");

        private LogBridge() {}

        static void takeOver() {
            for (Handler handler : THEIRS.getHandlers()) {
                THEIRS.removeHandler(handler);
            }
            THEIRS.setUseParentHandlers(false);
            THEIRS.setLevel(Level.INFO);
            THEIRS.addHandler(new LogBridge());
        }

        @Override
        public void publish(LogRecord entry) {
            LOG.debug("{}", entry.getMessage(), entry.getThrown());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
