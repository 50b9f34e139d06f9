package org.precertocsp.responder.admin;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.precertocsp.responder.io.HttpClients;
import org.precertocsp.responder.io.Json;

/// Calls the private API of a server. Blocks while it waits.
public final class ApiClient implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofMinutes(1);
    private static final int TRIES = 5;
    private static final int BUSY = 503;

    private final HttpClient http;
    private final URI server;

    /// The server's response.
    public record Reply(int status, String body) {
        public boolean done() {
            return status / 100 == 2;
        }
    }

    private ApiClient(URI server, HttpClient http) {
        this.server = server;
        this.http = http;
    }

    /// Opens no connection yet.
    ///
    /// @param server such as `https://127.0.0.1:8443`
    /// @param tls empty for plain HTTP on this machine
    /// @throws TlsConfigException a certificate or key cannot be used
    public static ApiClient of(URI server, Optional<ClientTls> tls) throws TlsConfigException {
        HttpClient.Builder builder = HttpClients.builder(CONNECT);
        if (tls.isPresent()) {
            builder.sslContext(tls.get().context());
        }
        return new ApiClient(server, builder.build());
    }

    /// Requests one change. Tries again while the server is busy, with one idempotency key, so that
    /// it is applied once.
    ///
    /// @param kind such as `announcements`
    /// @throws IOException the server cannot be reached, or rejected the certificate
    public Reply tell(String kind, Map<String, ?> fields) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(server.resolve("/v1/" + kind))
                        .timeout(ANSWER)
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", UUID.randomUUID().toString())
                        .POST(BodyPublishers.ofString(Json.line(fields)))
                        .build();
        return sendUntilAccepted(request);
    }

    /// Sends again while the server is busy; the server waits for a while before each such
    /// response.
    private Reply sendUntilAccepted(HttpRequest request) throws IOException, InterruptedException {
        Reply reply = send(request);
        for (int tries = 1; reply.status() == BUSY && tries < TRIES; tries++) {
            reply = send(request);
        }
        return reply;
    }

    /// Uploads a file; returns when it is loaded, however long that takes. Tries again while too
    /// many uploads are under way; loading a file twice changes nothing.
    ///
    /// @param kind such as `crl`
    /// @param query such as the issuer's name; a parameter may occur several times
    public Reply load(String kind, Map<String, List<String>> query, Path file)
            throws IOException, InterruptedException {
        BodyPublisher body;
        try {
            body = BodyPublishers.ofFile(file);
        } catch (FileNotFoundException e) {
            throw new IOException(file + " cannot be read", e);
        }
        String parameters =
                query.entrySet().stream()
                        .flatMap(
                                it ->
                                        it.getValue().stream()
                                                .map(
                                                        value ->
                                                                it.getKey()
                                                                        + "="
                                                                        + urlEncoded(value)))
                        .sorted()
                        .collect(Collectors.joining("&"));
        return sendUntilAccepted(
                HttpRequest.newBuilder(server.resolve("/v1/loads/" + kind + "?" + parameters))
                        .header("Content-Type", "application/octet-stream")
                        .POST(body)
                        .build());
    }

    private Reply send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response =
                http.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
        return new Reply(response.statusCode(), response.body());
    }

    private static String urlEncoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        http.close();
    }
}
