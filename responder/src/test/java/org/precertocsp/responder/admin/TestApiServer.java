package org.precertocsp.responder.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.security.auth.x500.X500Principal;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.alert.FakeAlarm;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.cluster.answers.AuthorityAnswers;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FakeClock;
import org.precertocsp.responder.intake.FeedProvider;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.certificate.CertificateFeed;
import org.precertocsp.responder.intake.certificate.PrecertificateSigningCertificates;
import org.precertocsp.responder.intake.certificate.SubmittedCertificateVerifier;
import org.precertocsp.responder.intake.crl.CrlFeed;
import org.precertocsp.responder.intake.list.CsvFeed;
import org.precertocsp.responder.intake.list.IndexFeed;
import org.precertocsp.responder.reload.ReloadReport;
import org.precertocsp.responder.status.CallerIdentity;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.tracing.ApiCallTracer;

/// The private API over TLS on some port, with a client of each role, and two issuers: `tls` and
/// `code-signing`.
final class TestApiServer implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    static final JsonMapper JSON = JsonMapper.builder().build();

    private static final TestCa TLS = TestCa.root("Root").subordinate("TLS");
    private static final TestCa CODE_SIGNING = TestCa.root("Root").subordinate("Code Signing");

    final TestCa tls = TLS;
    final FakeClock clock = new FakeClock(NOW);
    final List<AuditEvent> audited = new CopyOnWriteArrayList<>();
    final List<Map<String, String>> attributed = new CopyOnWriteArrayList<>();
    final AtomicInteger reloads = new AtomicInteger();
    final List<String> reloadFailures = new CopyOnWriteArrayList<>();
    final FakeAlarm alarm = new FakeAlarm();
    final FakeAlerts alerts = new FakeAlerts(NOW);
    final List<LoadSummary> loaded = new CopyOnWriteArrayList<>();
    final TestClientCa authority;
    final StatusStore store;
    final ApiServer server;
    private final Optional<AuthorityAnswers> edges;
    private final AnswerService answers;
    private final Map<ClientTls, HttpClient> clients = new ConcurrentHashMap<>();

    TestApiServer(Path folder, StatusStore store) throws IOException, TlsConfigException {
        this(folder, store, new TestClientCa(folder, "Client CA"), Optional.empty());
    }

    TestApiServer(
            Path folder,
            StatusStore store,
            TestClientCa authority,
            Optional<AuthorityAnswers> edges)
            throws IOException, TlsConfigException {
        this.store = store;
        this.authority = authority;
        this.edges = edges;
        this.answers = SelfSignedResponseSource.of(tls, store, folder, clock);
        this.server = ApiServer.start(config(authority), parts(), alarm, BackgroundTasks.logged());
    }

    private static ApiConfig config(TestClientCa authority) {
        List<ClientRule> rules =
                EnumSet.allOf(Role.class).stream()
                        .map(
                                role ->
                                        new ClientRule(
                                                EnumSet.of(role),
                                                authority.authority(),
                                                Optional.of(
                                                        new X500Principal(
                                                                "CN=%s,O=Example Trust,C=ZZ"
                                                                        .formatted(role.word()))),
                                                Optional.empty(),
                                                Optional.empty()))
                        .toList();
        return config(
                new ApiConfig.Listener.Https(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        new TlsFiles(
                                authority.serverCertificate(),
                                authority.serverKey(),
                                Set.of(authority.authority())),
                        rules));
    }

    static ApiConfig config(ApiConfig.Listener listener) {
        return new ApiConfig(listener, Duration.ofMinutes(10), Duration.ofMillis(200), 10_000_000L);
    }

    ApiContext parts() {
        ConfiguredIssuer.Directory issuers =
                new ConfiguredIssuer.Directory(
                        List.of(
                                new ConfiguredIssuer(
                                        "tls", List.of(tls.certificate()), IssuerProfile.TLS),
                                new ConfiguredIssuer(
                                        "code-signing",
                                        List.of(CODE_SIGNING.certificate()),
                                        IssuerProfile.CODE_SIGNING)));
        PrecertificateSigningCertificates signers = PrecertificateSigningCertificates.none(issuers);
        FeedProvider feeds =
                (kind, _) ->
                        switch (kind) {
                            case CERTIFICATES -> new CertificateFeed(signers);
                            case CRL -> new CrlFeed(issuers, clock);
                            case INDEX -> new IndexFeed(issuers);
                            case CSV -> new CsvFeed(issuers);
                        };
        return new ApiContext(
                issuers,
                feeds,
                new SubmittedCertificateVerifier(signers),
                store,
                store,
                event -> {
                    audited.add(event);
                    attributed.add(CallerIdentity.fields());
                },
                () -> {
                    reloads.incrementAndGet();
                    return new ReloadReport(List.of("keys"), List.of(), reloadFailures);
                },
                new ConsoleData(
                        TestOverviewSources.of(clock)::overview, alerts, answers, loaded::add),
                edges,
                Optional.empty(),
                ApiCallTracer.NONE,
                clock);
    }

    <S extends StatusStore> S store(Class<S> type) {
        return type.cast(store);
    }

    /// PEM of a precertificate of issuer `tls`.
    String precertificate(long serial) {
        return TestCa.pem(
                "CERTIFICATE", TestCa.encoded(tls.precertificate(BigInteger.valueOf(serial))));
    }

    HttpResponse<String> post(String role, String path, String json) {
        return send(role, "POST", path, json, "Content-Type", "application/json");
    }

    HttpResponse<String> get(String role, String path) {
        return send(role, "GET", path, "");
    }

    HttpResponse<String> send(
            String role, String method, String path, String body, String... headers) {
        return send(authority.client(role), method, path, body, headers);
    }

    HttpResponse<String> send(
            ClientTls client, String method, String path, String body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(path)).method(method, BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client(client).send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    URI uri(String path) {
        return URI.create("https://127.0.0.1:" + server.port().orElseThrow() + "/v1/" + path);
    }

    private HttpClient client(ClientTls tls) {
        return clients.computeIfAbsent(tls, TestApiServer::newClient);
    }

    static HttpClient newClient(ClientTls tls) {
        try {
            return HttpClient.newBuilder().sslContext(tls.context()).build();
        } catch (TlsConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonNode json(HttpResponse<String> response) {
        return json(response.body());
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<JsonNode> lines(String text) {
        return Arrays.stream(text.split("\n")).map(TestApiServer::json).toList();
    }

    @Override
    public void close() {
        clients.values().forEach(HttpClient::close);
        server.close();
        store.close();
    }
}
