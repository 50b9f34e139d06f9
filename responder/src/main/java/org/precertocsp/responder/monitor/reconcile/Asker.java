package org.precertocsp.responder.monitor.reconcile;

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
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.io.HttpClients;
import org.precertocsp.responder.monitor.question.CheckRequest;
import org.precertocsp.responder.monitor.question.GetEncoding;
import org.precertocsp.responder.monitor.response.Reading;
import org.precertocsp.responder.monitor.response.ResponseReader;
import org.precertocsp.responder.monitor.response.SingleReading;
import org.precertocsp.responder.monitor.rule.AnswerTrust;
import org.precertocsp.responder.monitor.wire.Outcome;
import org.precertocsp.responder.monitor.wire.WireReply;

/// Requests the status of any number of one issuer's serials from one endpoint, as clients do: GET
/// with a SHA-1 CertID, over persistent connections. Thread-safe.
public final class Asker implements AutoCloseable {
    private static final int MAX_BODY = 1 << 20;
    private static final int OK = 200;

    /// After this many requests in a row without any answer, the endpoint counts as gone.
    static final int GONE = 32;

    /// @param timeout for each request, until the last byte of its response
    public record Limits(Duration timeout) {}

    private final String url;
    private final FedIssuer issuer;
    private final AnswerTrust trust;
    private final Limits limits;
    private final InstantSource clock;
    private final HttpClient client;
    private final AtomicInteger unanswered = new AtomicInteger();

    /// @param url of the endpoint, `http://` or `https://`
    public Asker(String url, FedIssuer issuer, Limits limits, InstantSource clock) {
        this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        this.issuer = issuer;
        this.trust = new AnswerTrust(issuer.certificate(), issuer.profile().locallyTrustedSigner());
        this.limits = limits;
        this.clock = clock;
        this.client = HttpClients.builder(limits.timeout()).build();
    }

    /// Blocks until the response is complete or the timeout is over. After too many requests
    /// without an answer, no more are sent.
    public Said ask(Serial serial) throws InterruptedException {
        if (unanswered.get() >= GONE) {
            return new Said.NotAsked(
                    "%s gave no answer %d times in a row".formatted(url, GONE), true);
        }
        CertId id = issuer.key().certId(HashAlgorithm.SHA1, DigestParameters.NULL, serial);
        CheckRequest request = CheckRequest.plain(id);
        try {
            WireReply reply = exchange(request);
            unanswered.set(0);
            return said(reply, id);
        } catch (IOException e) {
            unanswered.incrementAndGet();
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            return new Said.Failed("no answer from %s: %s".formatted(url, why));
        }
    }

    private WireReply exchange(CheckRequest ocspRequest) throws IOException, InterruptedException {
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
        return new WireReply(
                response.statusCode(),
                response.headers().map(),
                Octets.of(response.body()),
                Duration.ofNanos(System.nanoTime() - start),
                clock.instant());
    }

    private Said said(WireReply reply, CertId id) {
        Reading reading = ResponseReader.read(new Outcome.Replied(reply));
        if (reply.status() != OK) {
            return new Said.Failed("HTTP %d: %s".formatted(reply.status(), reading.summary()));
        }
        return switch (reading) {
            case Reading.None none -> new Said.Failed(none.why());
            case Reading.Refusal refusal when refusal.code() == Reading.Refusal.UNAUTHORIZED ->
                    new Said.Denied(refusal.summary());
            case Reading.Refusal refusal -> new Said.Failed(refusal.summary());
            case Reading.Signed(var response) -> {
                Optional<String> objection = trust.objection(reply, response, id);
                if (objection.isPresent()) {
                    yield new Said.Failed(objection.get());
                }
                SingleReading single = response.about(id).orElseThrow();
                yield single.isDefinitive()
                        ? new Said.Definitive(single)
                        : new Said.Denied("unknown");
            }
        };
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
