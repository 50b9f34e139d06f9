package org.precertocsp.responder.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.TestWait.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.status.InMemoryStatusStore;

/// Who is refused before there is a request is in the audit log all the same.
final class TlsHandshakeTest {

    /// A handshake that is not done then never will be.
    private static final Duration GONE = Duration.ofSeconds(11);

    /// Application data of TLS 1.3, 32 octets that nobody encrypted.
    private static final byte[] FORGED_RECORD =
            Arrays.copyOf(new byte[] {0x17, 0x03, 0x03, 0x00, 0x20}, 5 + 0x20);

    @TempDir Path folder;
    @TempDir Path elsewhere;
    private TestApiServer api;

    @BeforeEach
    void start() throws Exception {
        api = new TestApiServer(folder, new InMemoryStatusStore());
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    @Requirement("LG-03")
    void a_client_without_a_certificate_is_recorded() throws Exception {
        assertRefused(ApiAccessTest.trustingOnly(api.authority.client("viewer")));

        api.clock.pass(GONE);
        AuditEvent event = awaitRefusal(_ -> true);
        assertThat(event.who()).isEqualTo("nobody");
        assertThat(event.details())
                .containsEntry("at", "TLS")
                .containsEntry("why", "no client certificate, or the client gave up");
    }

    @Test
    @Requirement("LG-03")
    void a_certificate_of_another_ca_is_recorded_and_a_good_one_is_not() throws Exception {
        assertThat(api.get("viewer", "issuers").statusCode()).isEqualTo(200);
        ClientTls stranger = new TestClientCa(elsewhere, "Client CA").client("operator");
        Files.copy(api.authority.authority(), elsewhere.resolve("server-ca.pem"));
        ClientTls trusting =
                new ClientTls(
                        Optional.of(elsewhere.resolve("server-ca.pem")),
                        stranger.certificate(),
                        stranger.key());
        assertThatThrownBy(() -> api.send(trusting, "GET", "issuers", ""))
                .isInstanceOf(UncheckedIOException.class);

        AuditEvent event = awaitRefusal(it -> it.details().containsKey("subject"));
        assertThat(event.details().get("subject")).contains("CN=operator");
        assertThat(event.details().get("sha256")).hasSize(64);
        // The client may have tried more than once.
        assertThat(refusals())
                .allSatisfy(it -> assertThat(it.details().get("subject")).contains("CN=operator"));
    }

    @Test
    @Requirement("LG-03")
    void a_certificate_shown_without_its_key_is_recorded() throws Exception {
        ClientTls viewer = api.authority.client("viewer");
        KeyManager stolen = new StolenCertificateClient(viewer, api.authority.client("issuer"));
        assertRefused(ApiAccessTest.trustingOnly(viewer, stolen));

        AuditEvent event = awaitRefusal(_ -> true);
        assertThat(event.who()).isEqualTo("nobody");
        assertThat(event.details().get("subject")).startsWith("CN=viewer,");
        assertThat(event.details().get("sha256")).hasSize(64);
        assertThat(event.details().get("why")).contains("CertificateVerify");
        assertThat(refusals()).allMatch(it -> it.details().containsKey("subject"));
    }

    @Test
    void a_known_client_whose_connection_breaks_is_not_recorded() throws Exception {
        URI uri = api.uri("issuers");
        ClientTls viewer = api.authority.client("viewer");
        try (Socket beneath = new Socket(uri.getHost(), uri.getPort())) {
            Socket tls =
                    viewer.context()
                            .getSocketFactory()
                            .createSocket(beneath, uri.getHost(), uri.getPort(), false);
            tls.getOutputStream()
                    .write(
                            "GET /v1/issuers HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(tls.getInputStream().readNBytes(15)).asString().endsWith("200 OK");
            beneath.getOutputStream().write(FORGED_RECORD);
            awaitEnd(beneath);
        }
        assertRefused(ApiAccessTest.trustingOnly(viewer));

        api.clock.pass(GONE);
        awaitRefusal(_ -> true);
        assertThat(refusals()).noneMatch(it -> it.details().containsKey("subject"));
    }

    private static void awaitEnd(Socket socket) throws IOException {
        try {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (SocketException _) {
            // Reset: as good an end as any.
        }
    }

    private void assertRefused(SSLContext context) {
        try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
            HttpRequest request = HttpRequest.newBuilder(api.uri("openapi.json")).build();
            assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    @Requirement("LG-03")
    void of_many_refusals_in_a_minute_a_few_are_listed_and_the_others_counted() throws Exception {
        SSLContext trusting = ApiAccessTest.trustingOnly(api.authority.client("viewer"));
        for (int i = 0; i < 12; i++) {
            assertRefused(trusting);
        }
        api.clock.pass(GONE);
        await(() -> refusals().size() >= 10);
        api.clock.pass(Duration.ofMinutes(2));

        AuditEvent more =
                awaitRefusal(it -> it.details().getOrDefault("why", "").contains(" more "));
        assertThat(more.details().get("why")).endsWith(" more that were not listed");
    }

    private List<AuditEvent> refusals() {
        return api.audited.stream()
                .filter(it -> it.kind() == AuditEvent.Kind.ACCESS_REFUSED)
                .toList();
    }

    private AuditEvent awaitRefusal(Predicate<AuditEvent> like) throws InterruptedException {
        await(() -> refusals().stream().anyMatch(like));
        return refusals().stream().filter(like).findFirst().orElseThrow();
    }
}
