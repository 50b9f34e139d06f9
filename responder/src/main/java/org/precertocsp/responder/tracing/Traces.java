package org.precertocsp.responder.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.precertocsp.responder.admin.api.CallTrace;
import org.precertocsp.responder.intake.LoadTrace;
import org.precertocsp.responder.io.HostName;
import org.precertocsp.signer.CertificateProblem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Traces requests, calls of the private API and files loaded, and sends the spans to a collector.
/// Thread-safe.
///
/// Nothing waits for the collector: spans lie in a queue of [#MAX_WAITING], one thread sends them,
/// and those that find the queue full are counted and gone.
public final class Traces implements AutoCloseable {
    /// Spans that have ended and are not sent yet, those on their way included.
    static final int MAX_WAITING = 2048;

    /// Spans sent together, at most.
    static final int MAX_TOGETHER = 512;

    /// Spans wait so long for company.
    static final Duration GATHERING = Duration.ofSeconds(1);

    /// At the end, for what still waits.
    private static final Duration LAST_SENDING = Duration.ofSeconds(2);

    // Names of the semantic conventions for the sender of spans.
    private static final String SERVICE = "precert-ocsp";
    private static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");
    private static final AttributeKey<String> INSTANCE =
            AttributeKey.stringKey("service.instance.id");
    private static final AttributeKey<String> HOST = AttributeKey.stringKey("host.name");
    private static final Logger LOG = LoggerFactory.getLogger(Traces.class);

    private final SpanQueue queue;
    private final SdkTracerProvider provider;
    private final Tracer tracer;
    private final double sample;

    private Traces(SpanQueue queue, SdkTracerProvider provider, double sample) {
        this.queue = queue;
        this.provider = provider;
        this.tracer = provider.get("org.precertocsp.responder");
        this.sample = sample;
    }

    /// Does not connect: a collector that is not there yet is found later.
    ///
    /// @param clock spans are dated by
    /// @throws CertificateProblem the collector's CA cannot be read
    public static Traces start(TracingConfig config, InstantSource clock)
            throws CertificateProblem {
        OwnLog.takeOver();
        SpanQueue queue = SpanQueue.to(CollectorSender.of(config), config);
        SdkTracerProvider provider =
                SdkTracerProvider.builder()
                        .setClock(new SpanClock(clock))
                        .setResource(Resource.getDefault().merge(resource()))
                        // Who begins a trace has chosen already.
                        .setSampler(Sampler.alwaysOn())
                        .addSpanProcessor(queue)
                        .build();
        LOG.info("traces of {} of the requests go to {}", config.sample(), config.endpoint());
        return new Traces(queue, provider, config.sample());
    }

    private static Resource resource() {
        return Resource.create(
                Attributes.builder()
                        .put(SERVICE_NAME, SERVICE)
                        .put(INSTANCE, UUID.randomUUID().toString())
                        .put(HOST, HostName.get())
                        .build());
    }

    /// Traces the way of answers.
    ///
    /// @param path of the endpoint
    public RequestTraces requests(String path) {
        return new RequestTraces(new Steps(tracer), path, sample);
    }

    /// Traces the private API: what changes something always, the rest as often as requests.
    public CallTrace calls() {
        return new ApiTraces(tracer, sample);
    }

    /// Traces each file.
    public LoadTrace loads() {
        return new FileTraces(tracer);
    }

    public TraceFigures figures() {
        return queue.figures();
    }

    /// Sends what waits, within seconds, and ends.
    @Override
    public void close() {
        provider.shutdown().join(LAST_SENDING.toMillis(), TimeUnit.MILLISECONDS);
        int left = queue.waiting();
        queue.close();
        if (left > 0) {
            LOG.warn("{} spans could not be sent before the end", left);
        }
    }
}
