package org.precertocsp.responder.tracing;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.MessageWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.precertocsp.responder.io.HttpClients;
import org.precertocsp.responder.monitor.HttpsTrust;
import org.precertocsp.responder.tracing.TracingConfig.Header;
import org.precertocsp.signer.InvalidCertificateException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// POSTs spans to the collector. A redirect is a failure: spans and secrets are sent to the
/// configured address only.
///
/// Logs once that the collector cannot be reached, and once that it can be reached again.
final class CollectorHttpSender implements HttpSender, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CollectorHttpSender.class);
    private static final String PROTOBUF = "application/x-protobuf";

    /// Minimum interval between log messages about a collector that fails intermittently.
    private static final long COMPLAIN_NANOS = TimeUnit.MINUTES.toNanos(10);

    /// The JDK's client may wait longer than its timeout, for the end of a reply.
    private static final Duration BEYOND_TIMEOUT = Duration.ofSeconds(1);

    private final TracingConfig config;
    private final HttpClient client;
    private boolean failing;
    private boolean told;
    private boolean closed;
    private long complained = System.nanoTime() - COMPLAIN_NANOS;

    private CollectorHttpSender(TracingConfig config, HttpClient client) {
        this.config = config;
        this.client = client;
    }

    /// @throws InvalidCertificateException the collector's CA cannot be read
    static CollectorHttpSender of(TracingConfig config) throws InvalidCertificateException {
        HttpClient.Builder client = HttpClients.builder(config.timeout());
        if (config.authority().isPresent()) {
            client.sslContext(HttpsTrust.context(config.authority().get()));
        }
        return new CollectorHttpSender(config, client.build());
    }

    /// After this time a batch has been accepted or is lost.
    Duration patience() {
        return config.timeout().plus(BEYOND_TIMEOUT);
    }

    /// Returns at once, except for reading the files of secrets.
    @Override
    public void send(
            MessageWriter message, Consumer<HttpResponse> onReply, Consumer<Throwable> onFailure) {
        try {
            var _ =
                    client.sendAsync(request(message), BodyHandlers.discarding())
                            .orTimeout(patience().toMillis(), TimeUnit.MILLISECONDS)
                            .handle(
                                    (reply, failure) -> {
                                        if (failure == null) {
                                            replied(reply.statusCode(), onReply);
                                        } else {
                                            failed(failure, onFailure);
                                        }
                                        return null;
                                    });
        } catch (IOException | RuntimeException e) {
            failed(e, onFailure);
        }
    }

    private HttpRequest request(MessageWriter message) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.getContentLength());
        message.writeMessage(bytes);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(config.endpoint())
                        .timeout(config.timeout())
                        .header("Content-Type", PROTOBUF)
                        .header("User-Agent", HttpClients.USER_AGENT)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(bytes.toByteArray()));
        for (Header header : config.headers()) {
            request.header(header.name(), read(header));
        }
        return request.build();
    }

    private static String read(Header header) throws IOException {
        String value = header.value().text();
        if (value.isEmpty()) {
            throw new IOException(
                    "the value of header " + header.name() + " is empty or not there");
        }
        return value;
    }

    private void replied(int status, Consumer<HttpResponse> then) {
        if (status / 100 == 2) {
            reached();
        } else {
            missed("it answered " + status);
        }
        then.accept(new Reply(status));
    }

    private void failed(Throwable failure, Consumer<Throwable> then) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        missed(cause.toString());
        then.accept(cause);
    }

    private synchronized void missed(String why) {
        if (!failing && !closed && System.nanoTime() - complained >= COMPLAIN_NANOS) {
            complained = System.nanoTime();
            told = true;
            LOG.warn(
                    "traces do not reach {}: {}; until they do, they are dropped and counted",
                    config.endpoint(),
                    why);
        }
        failing = true;
    }

    private synchronized void reached() {
        if (failing && told) {
            told = false;
            LOG.info("traces reach {} again", config.endpoint());
        }
        failing = false;
    }

    @Override
    public CompletableResultCode shutdown() {
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        client.shutdownNow();
    }

    private record Reply(int status) implements HttpResponse {
        @Override
        public int getStatusCode() {
            return status;
        }

        @Override
        public String getStatusMessage() {
            return Integer.toString(status);
        }

        @Override
        public byte[] getResponseBody() {
            return new byte[0];
        }
    }
}
