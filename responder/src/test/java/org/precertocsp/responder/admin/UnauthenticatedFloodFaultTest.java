package org.precertocsp.responder.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.TestWait.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.responder.status.InMemoryStatusStore;
import org.precertocsp.responder.task.BackgroundTasks;

/// Strangers take connections of the private API, in every way they can, and callers get through.
final class UnauthenticatedFloodFaultTest {
    /// More than there are places.
    private static final int FLOOD = 1_200 * Integer.getInteger("faults", 1);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /// A record of a ClientHello that goes on for ever.
    private static final byte[] HALF_HELLO = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};

    @TempDir Path folder;
    private TestApiServer api;
    private final List<Socket> strangers = new ArrayList<>();

    @FunctionalInterface
    private interface Stranger {
        void speak(Socket socket) throws IOException;
    }

    @BeforeEach
    void start() throws Exception {
        api = new TestApiServer(folder, new InMemoryStatusStore());
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket stranger : strangers) {
            stranger.close();
        }
        api.close();
    }

    private void flood(URI uri, int connections, Stranger stranger) throws IOException {
        for (int i = 0; i < connections; i++) {
            Socket socket = new Socket(uri.getHost(), uri.getPort());
            strangers.add(socket);
            try {
                stranger.speak(socket);
            } catch (IOException _) {
                // It was closed for another: all the same to a flood.
            }
        }
    }

    private HttpResponse<String> revoke(HttpClient client, int serial) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(api.uri("revocations"))
                        .timeout(PATIENCE)
                        .header("Content-Type", "application/json")
                        .POST(
                                BodyPublishers.ofString(
                                        "{\"issuer\":\"tls\",\"serial\":\"%02x\",\"unknownSerial\":true,\"reason\":\"superseded\"}"
                                                .formatted(serial)))
                        .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private void assertRevoking() throws Exception {
        ClientTls revoker = api.authority.client("revoker");
        for (int serial = 1; serial <= 3; serial++) {
            try (HttpClient fresh = TestApiServer.newClient(revoker)) {
                HttpResponse<String> done = revoke(fresh, serial);
                assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
            }
        }
    }

    @Test
    void silent_connections_never_lock_callers_out_and_are_an_alert() throws Exception {
        flood(api.uri(""), FLOOD, _ -> {});

        assertRevoking();

        await(() -> api.alarm.open().contains("CONNECTIONS_FULL private API"));
        assertThat(api.alarm.raised().getLast().what()).contains("127.0.0.1 with", "firewall");
    }

    @Test
    void half_a_hello_neither() throws Exception {
        flood(api.uri(""), FLOOD, socket -> socket.getOutputStream().write(HALF_HELLO));

        assertRevoking();
    }

    @Test
    void handshakes_without_a_certificate_neither_while_they_go_on() throws Exception {
        SSLContext trusting = ApiAccessTest.trustingOnly(api.authority.client("viewer"));
        URI uri = api.uri("");
        Thread going =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    while (!Thread.currentThread().isInterrupted()) {
                                        try (Socket socket =
                                                trusting.getSocketFactory()
                                                        .createSocket(
                                                                uri.getHost(), uri.getPort())) {
                                            socket.setSoTimeout(50);
                                            socket.getOutputStream().write('G');
                                            int _ = socket.getInputStream().read();
                                        } catch (IOException _) {
                                            // Refused, as it should be.
                                        }
                                    }
                                });
        try {
            assertRevoking();
        } finally {
            going.interrupt();
            going.join();
        }
    }

    @Test
    void a_caller_at_work_keeps_its_connection_and_an_idle_one_goes_after_strangers()
            throws Exception {
        ClientTls revoker = api.authority.client("revoker");
        try (HttpClient kept = TestApiServer.newClient(revoker)) {
            assertThat(revoke(kept, 1).statusCode()).isEqualTo(200);

            flood(api.uri(""), FLOOD, _ -> {});

            assertThat(revoke(kept, 2).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_plain_port_closes_heads_that_do_not_end_and_serves_others() throws Exception {
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
            URI uri = URI.create("http://127.0.0.1:" + server.port().orElseThrow());
            byte[] head =
                    "GET /v1/issuers HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                            .getBytes(StandardCharsets.US_ASCII);
            flood(uri, FLOOD, socket -> socket.getOutputStream().write(head));

            try (Socket honest = new Socket(uri.getHost(), uri.getPort())) {
                honest.setSoTimeout((int) PATIENCE.toMillis());
                honest.getOutputStream().write(head);
                honest.getOutputStream().write("\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(honest.getInputStream().readNBytes(12)).asString().endsWith("200");
            }
        }
    }
}
