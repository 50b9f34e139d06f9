package org.precertocsp.responder.monitor;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.io.HttpClients;

/// Requests the status of any number of one issuer's serials from one endpoint, as clients do: GET
/// with a SHA-1 CertID, over persistent connections. Thread-safe.
public final class StatusClient implements AutoCloseable {
    private static final int MAX_BODY = 1 << 20;
    private static final int OK = 200;

    /// After this many requests in a row without any answer, the endpoint counts as gone.
    static final int GONE = 32;

    /// @param timeout for each request, until the last byte of its response
    public record Limits(Duration timeout) {}

    private final String url;
    private final ConfiguredIssuer issuer;
    private final ResponseValidator trust;
    private final Limits limits;
    private final InstantSource clock;
    private final HttpClient client;
    private final AtomicInteger unanswered = new AtomicInteger();
    private volatile boolean answered;

    /// @param url of the endpoint, `http://` or `https://`
    public StatusClient(String url, ConfiguredIssuer issuer, Limits limits, InstantSource clock) {
        this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        this.issuer = issuer;
        this.trust =
                new ResponseValidator(
                        issuer.certificate(), issuer.profile().locallyTrustedSigner());
        this.limits = limits;
        this.clock = clock;
        this.client = HttpClients.builder(limits.timeout()).build();
    }

    /// Blocks until the response is complete or the timeout is over. After too many requests
    /// without an answer, no more are sent.
    public EndpointAnswer ask(Serial serial) throws InterruptedException {
        if (unanswered.get() >= GONE) {
            return new EndpointAnswer.NotAsked(
                    "%s gave no answer %d times in a row".formatted(url, GONE), true);
        }
        CertId id = issuer.key().certId(HashAlgorithm.SHA1, DigestParameters.NULL, serial);
        CheckRequest request = CheckRequest.plain(id);
        try {
            RawHttpResponse reply = exchange(request);
            unanswered.set(0);
            answered = true;
            return said(reply, id);
        } catch (IOException e) {
            unanswered.incrementAndGet();
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            return new EndpointAnswer.Failed("no answer from %s: %s".formatted(url, why));
        }
    }

    /// Whether requests were sent and none was ever answered, not even with an error.
    public boolean isSilent() {
        return unanswered.get() > 0 && !answered;
    }

    private RawHttpResponse exchange(CheckRequest ocspRequest)
            throws IOException, InterruptedException {
        URI address = URI.create(url + "/" + GetEncoding.CANONICAL.of(ocspRequest.der()));
        HttpRequest request =
                HttpRequest.newBuilder(address)
                        .timeout(limits.timeout())
                        .header("User-Agent", HttpClients.USER_AGENT + " reconcile")
                        .build();
        long start = System.nanoTime();
        HttpResponse<byte[]> response =
                HttpClients.send(
                        client,
                        request,
                        BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BODY),
                        limits.timeout());
        return new RawHttpResponse(
                response.statusCode(),
                response.headers().map(),
                ByteString.of(response.body()),
                Duration.ofNanos(System.nanoTime() - start),
                clock.instant());
    }

    private EndpointAnswer said(RawHttpResponse reply, CertId id) {
        ParsedResponse reading = OcspResponseParser.read(new HttpOutcome.Replied(reply));
        if (reply.status() != OK) {
            return new EndpointAnswer.Failed(
                    "HTTP %d: %s".formatted(reply.status(), reading.summary()));
        }
        return switch (reading) {
            case ParsedResponse.None none -> new EndpointAnswer.Failed(none.why());
            case ParsedResponse.Refusal refusal
                    when refusal.code() == ParsedResponse.Refusal.UNAUTHORIZED ->
                    new EndpointAnswer.Denied(refusal.summary());
            case ParsedResponse.Refusal refusal -> new EndpointAnswer.Failed(refusal.summary());
            case ParsedResponse.Signed(var response) -> {
                Optional<String> objection = trust.objection(reply, response, id);
                if (objection.isPresent()) {
                    yield new EndpointAnswer.Failed(objection.get());
                }
                ParsedSingleResponse single = response.about(id).orElseThrow();
                yield single.isDefinitive()
                        ? new EndpointAnswer.Definitive(single)
                        : new EndpointAnswer.Denied("unknown");
            }
        };
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
