package org.precertocsp.responder.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.TestWait.await;
import static org.precertocsp.responder.admin.TestApiServer.json;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.precertocsp.Requirement;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.status.InMemoryStatusStore;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.LoggerFactory;

/// Who gets in, and how far.
final class ApiAccessTest extends SharedApiServer {
    private static final List<String> ROLES = List.of("issuer", "revoker", "viewer", "operator");

    @ParameterizedTest
    @CsvSource({
        "POST, announcements, issuer",
        "POST, cancellations, issuer",
        "POST, certificates, issuer",
        "POST, revocations, revoker",
        "POST, amendments, revoker",
        "POST, loads/certificates, issuer",
        "POST, loads/crl, revoker",
        "POST, loads/csv, operator",
        "POST, loads/index, operator",
        "POST, reload, operator",
        "PUT, log-levels/org.precertocsp.example, operator",
        "GET, log-levels, viewer",
        "GET, issuers, viewer",
        "GET, overview, viewer",
        "GET, alerts, viewer",
        "POST, lookups, viewer",
        "POST, alerts/261121-7f3a/acknowledgement, operator",
        "GET, issuers/tls/serials/2a, viewer"
    })
    void each_role_is_refused_what_it_may_not_do(String method, String path, String permitted) {
        api.clock.pass(Duration.ofMinutes(1));
        for (String role : ROLES) {
            api.audited.clear();
            HttpResponse<String> response =
                    api.send(role, method, path, "{}", "Content-Type", "application/json");

            if (role.equals(permitted) || role.equals("operator")) {
                assertThat(response.statusCode()).as("%s %s", role, path).isNotEqualTo(403);
                assertThat(audited()).isEmpty();
            } else {
                assertThat(response.statusCode()).as("%s %s", role, path).isEqualTo(403);
                assertThat(response.headers().firstValue("Content-Type"))
                        .contains("application/problem+json");
                assertThat(json(response).path("detail").asText()).contains(permitted);
                assertThat(audited())
                        .singleElement()
                        .satisfies(event -> refused(event, role + "/" + role));
            }
        }
    }

    @Test
    @Requirement("LG-03")
    void of_many_refusals_of_a_caller_a_few_are_recorded_and_the_others_counted() throws Exception {
        api.clock.pass(Duration.ofMinutes(1));
        api.audited.clear();
        for (int i = 0; i < 40; i++) {
            assertThat(api.post("viewer", "revocations", "{}").statusCode()).isEqualTo(403);
        }
        assertThat(api.post("issuer", "revocations", "{}").statusCode()).isEqualTo(403);

        assertThat(refusals("viewer/viewer")).hasSize(5);
        assertThat(refusals("issuer/issuer")).hasSize(1);

        api.clock.pass(Duration.ofMinutes(1));
        await(() -> refusals("viewer/viewer").size() >= 6);
        assertThat(refusals("viewer/viewer").getLast().details().get("why"))
                .isEqualTo("35 more that were not listed");
    }

    private static List<AuditEvent> refusals(String who) {
        return api.audited.stream().filter(it -> it.who().equals(who)).toList();
    }

    /// Handshakes that ended without a request are taken down a little later, also those of tests
    /// before.
    private static List<AuditEvent> audited() {
        return api.audited.stream().filter(it -> !"TLS".equals(it.details().get("at"))).toList();
    }

    private static void refused(AuditEvent event, String who) {
        assertThat(event.kind()).isEqualTo(AuditEvent.Kind.ACCESS_REFUSED);
        assertThat(event.who()).isEqualTo(who);
        assertThat(event.details()).containsOnlyKeys("method", "route", "wanted");
    }

    @Test
    void a_level_of_the_log_changes_at_once_and_is_recorded() {
        api.audited.clear();
        String path = "log-levels/org.precertocsp.example";

        assertThat(api.send("operator", "PUT", path + "?level=debug", "").statusCode())
                .isEqualTo(200);
        assertThat(LoggerFactory.getLogger("org.precertocsp.example").isDebugEnabled()).isTrue();
        assertThat(json(api.get("viewer", "log-levels")).toString())
                .contains("{\"logger\":\"org.precertocsp.example\",\"level\":\"debug\"}");
        assertThat(audited())
                .singleElement()
                .satisfies(
                        event -> {
                            assertThat(event.kind()).isEqualTo(AuditEvent.Kind.CONFIGURATION);
                            assertThat(event.who()).isEqualTo("operator/operator");
                            assertThat(event.details())
                                    .containsEntry("logger", "org.precertocsp.example")
                                    .containsEntry("level", "debug");
                        });
        assertThat(api.send("operator", "PUT", path + "?level=loud", "").statusCode())
                .isEqualTo(422);
    }

    @Test
    void a_trusted_certificate_that_no_rule_names_may_do_nothing() {
        HttpResponse<String> response = api.get("somebody", "openapi.json");

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(api.audited).extracting(AuditEvent::who).contains("nobody/somebody");
    }

    @Test
    void without_a_certificate_nobody_gets_anywhere() throws Exception {
        SSLContext trusting = trustingOnly(api.authority.client("viewer"));
        try (HttpClient client = HttpClient.newBuilder().sslContext(trusting).build()) {
            HttpRequest request = HttpRequest.newBuilder(api.uri("openapi.json")).build();

            assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_certificate_of_another_ca_gets_nowhere(@TempDir Path elsewhere) throws Exception {
        ClientTls stranger = new TestClientCa(elsewhere, "Client CA").client("operator");
        Files.copy(api.authority.authority(), elsewhere.resolve("server-ca.pem"));
        ClientTls trusting =
                new ClientTls(
                        Optional.of(elsewhere.resolve("server-ca.pem")),
                        stranger.certificate(),
                        stranger.key());

        assertThatThrownBy(() -> api.send(trusting, "GET", "issuers", ""))
                .isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void tls_before_1_3_is_refused() throws Exception {
        SSLParameters old = new SSLParameters();
        old.setProtocols(new String[] {"TLSv1.2"});
        try (HttpClient client =
                HttpClient.newBuilder()
                        .sslContext(api.authority.client("viewer").context())
                        .sslParameters(old)
                        .build()) {
            HttpRequest request = HttpRequest.newBuilder(api.uri("issuers")).build();

            assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_page_of_another_site_is_refused_though_the_browser_has_a_certificate() {
        for (Map.Entry<String, String> header :
                Map.of("Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
                        .entrySet()) {
            HttpResponse<String> response =
                    api.send("viewer", "GET", "issuers", "", header.getKey(), header.getValue());

            assertThat(response.statusCode()).isEqualTo(403);
        }
        String own = "https://127.0.0.1:" + api.server.port().orElseThrow();
        assertThat(api.send("viewer", "GET", "issuers", "", "Origin", own).statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_certificate_that_ends_while_its_connection_stands_is_out() {
        api.clock.pass(Duration.ofDays(4000));
        try {
            assertThat(api.get("viewer", "issuers").statusCode()).isEqualTo(403);
        } finally {
            api.clock.pass(Duration.ofDays(-4000));
        }
        assertThat(api.get("viewer", "issuers").statusCode()).isEqualTo(200);
    }

    @Test
    @Requirement("LG-03")
    void what_a_caller_does_is_recorded_with_the_fingerprint_of_its_certificate() throws Exception {
        api.clock.pass(Duration.ofMinutes(1));
        for (String role : List.of("viewer", "operator")) {
            api.attributed.clear();
            int status =
                    api.send(role, "PUT", "log-levels/org.precertocsp.example?level=info", "")
                            .statusCode();
            assertThat(status).isEqualTo(role.equals("operator") ? 200 : 403);
            byte[] certificate =
                    ((X509Certificate)
                                    CertificateFactory.getInstance("X.509")
                                            .generateCertificate(
                                                    Files.newInputStream(
                                                            api.authority
                                                                    .client(role)
                                                                    .certificate())))
                            .getEncoded();
            assertThat(api.attributed)
                    .contains(
                            Map.of(
                                    "certificateSha256",
                                    HashAlgorithm.SHA256.hash(ByteString.of(certificate)).toHex()));
        }
    }

    @Test
    void a_reload_tells_its_caller_what_became_of_it() {
        HttpResponse<String> good = api.post("operator", "reload", "{}");
        assertThat(good.statusCode()).isEqualTo(202);
        assertThat(json(good).path("reloaded").path(0).asText()).isEqualTo("keys");

        api.reloadFailures.add("the credential of tls: RC-01");
        try {
            HttpResponse<String> failed = api.post("operator", "reload", "{}");
            assertThat(failed.statusCode()).isEqualTo(500);
            assertThat(json(failed).path("detail").asText()).contains("credential of tls: RC-01");
        } finally {
            api.reloadFailures.clear();
        }
    }

    @Test
    void changed_certificates_are_taken_up_without_dropping_the_port(@TempDir Path fresh)
            throws Exception {
        try (TestApiServer other = new TestApiServer(fresh, new InMemoryStatusStore())) {
            BigInteger before = serverSerial(other);
            BigInteger changed = other.authority.server();
            other.server.reload();

            assertThat(changed).isNotEqualTo(before);
            await(() -> serverSerial(other).equals(changed));
        }
    }

    private static BigInteger serverSerial(TestApiServer api) throws Exception {
        try (HttpClient client = TestApiServer.newClient(api.authority.client("viewer"))) {
            HttpResponse<String> response =
                    client.send(
                            HttpRequest.newBuilder(api.uri("issuers")).build(),
                            BodyHandlers.ofString());
            return ((X509Certificate) response.sslSession().orElseThrow().getPeerCertificates()[0])
                    .getSerialNumber();
        }
    }

    @Test
    void a_plain_port_knows_callers_by_reaching_it_and_only_under_a_local_name() throws Exception {
        ApiConfig.Listener plain =
                new ApiConfig.Listener.Http(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Set.of(Role.VIEWER));
        try (ApiServer server =
                ApiServer.start(
                        TestApiServer.config(plain),
                        api.parts(),
                        api.alarm,
                        BackgroundTasks.logged())) {
            int port = server.port().orElseThrow();

            assertThat(plain(port, "127.0.0.1:" + port)).startsWith("HTTP/1.1 200");
            assertThat(plain(port, "localhost:" + port)).startsWith("HTTP/1.1 200");
            assertThat(plain(port, "rebound.example:" + port)).startsWith("HTTP/1.1 403");
        }
    }

    @Test
    void a_socket_lets_in_whoever_may_open_it(@TempDir Path place) throws Exception {
        Path path = place.resolve("api.sock");
        ApiConfig.Listener listener = new ApiConfig.Listener.UnixSocket(path, Set.of(Role.VIEWER));
        try (ApiServer _ =
                        ApiServer.start(
                                TestApiServer.config(listener),
                                api.parts(),
                                api.alarm,
                                BackgroundTasks.logged());
                SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-rw----");
            channel.write(ByteBuffer.wrap(request("localhost")));

            assertThat(said(Channels.newInputStream(channel))).startsWith("HTTP/1.1 200");
        }
        assertThat(path).doesNotExist();
    }

    private static String plain(int port, String host) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(request(host));
            return said(socket.getInputStream());
        }
    }

    private static byte[] request(String host) {
        return ("GET /v1/issuers HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String said(InputStream in) throws IOException {
        return new String(in.readNBytes(12), StandardCharsets.UTF_8);
    }

    /// One that shows a certificate only if `keys` do.
    static SSLContext trustingOnly(ClientTls tls, KeyManager... keys) throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
        anchors.load(null, null);
        try (InputStream in = Files.newInputStream(tls.authority().orElseThrow())) {
            anchors.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        trust.init(anchors);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust.getTrustManagers(), new SecureRandom());
        return context;
    }
}
