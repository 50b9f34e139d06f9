package org.precertocsp.responder.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.TestWait.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
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
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.task.ReadinessCheck;

final class HealthServerTest {
    private static final AdminConfig ANY_PORT =
            new AdminConfig(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

    private final AtomicReference<Optional<String>> store = new AtomicReference<>(Optional.empty());
    private final HttpClient client = HttpClient.newHttpClient();
    private HealthServer server;

    @BeforeEach
    void start() throws IOException {
        server =
                HealthServer.start(
                        ANY_PORT,
                        List.of(
                                new ReadinessCheck("store", store::get),
                                new ReadinessCheck("draining", Optional::empty)),
                        () -> "a_metric 1.0\n",
                        Alarm.LOGGED,
                        BackgroundTasks.logged());
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Test
    void liveness_is_ok_even_where_nothing_is_ready() throws IOException, InterruptedException {
        store.set(Optional.of("disk full"));

        HttpResponse<String> response = send("GET", "/healthz");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("ok\n");
        assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
    }

    @Test
    void readiness_follows_its_checks() throws IOException, InterruptedException {
        assertThat(send("GET", "/readyz").body())
                .isEqualTo(
                        "{\"ready\":true,\"reasons\":[],\"degraded\":[],"
                                + "\"works\":[\"store\",\"draining\"]}\n");

        store.set(Optional.of("disk \"full\""));
        HttpResponse<String> down = send("GET", "/readyz");
        store.set(Optional.empty());

        assertThat(down.statusCode()).isEqualTo(503);
        assertThat(down.body())
                .isEqualTo(
                        "{\"ready\":false,\"reasons\":[\"store: disk \\\"full\\\"\"],"
                                + "\"degraded\":[],\"works\":[\"draining\"]}\n");
        assertThat(down.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(down.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(send("GET", "/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void a_problem_that_is_tolerated_is_told_as_degraded() throws Exception {
        AtomicBoolean tolerated = new AtomicBoolean(true);
        try (HealthServer tolerant =
                HealthServer.start(
                        ANY_PORT,
                        List.of(
                                new ReadinessCheck("store", store::get),
                                new ReadinessCheck(
                                        "signing one",
                                        () -> Optional.of("token gone"),
                                        tolerated::get)),
                        () -> "",
                        Alarm.LOGGED,
                        BackgroundTasks.logged())) {
            HttpResponse<String> degraded = send("GET", "/readyz", tolerant.port());
            assertThat(degraded.statusCode()).isEqualTo(200);
            assertThat(degraded.body())
                    .isEqualTo(
                            "{\"ready\":true,\"reasons\":[],"
                                    + "\"degraded\":[\"signing one: token gone\"],"
                                    + "\"works\":[\"store\"]}\n");
            tolerated.set(false);
            assertThat(send("GET", "/readyz", tolerant.port()).statusCode()).isEqualTo(503);
        }
    }

    @Test
    void an_ipv4_address_has_ipv4_clients_alone() throws IOException {
        InetAddress every = InetAddress.getByAddress(new byte[4]);
        try (HealthServer ipv4 =
                HealthServer.start(
                        new AdminConfig(new InetSocketAddress(every, 0)),
                        List.of(),
                        () -> "",
                        Alarm.LOGGED,
                        BackgroundTasks.logged())) {
            assertThat(answerOf("127.0.0.1", ipv4.port())).startsWith("HTTP/1.1 200");
            assertThat(answerOf("::1", ipv4.port())).isEmpty();
        }
    }

    private static String answerOf(String address, int port) {
        try (Socket socket = new Socket(address, port)) {
            socket.getOutputStream()
                    .write(
                            "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        } catch (IOException _) {
            return "";
        }
    }

    @Test
    void a_check_that_fails_is_not_ready() throws IOException, InterruptedException {
        try (HealthServer broken =
                HealthServer.start(
                        ANY_PORT,
                        List.of(
                                new ReadinessCheck(
                                        "token",
                                        () -> {
                                            throw new IllegalStateException("a secret detail");
                                        })),
                        () -> "",
                        Alarm.LOGGED,
                        BackgroundTasks.logged())) {
            HttpResponse<String> response = send("GET", "/readyz", broken.port());

            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.body())
                    .contains("token: the check failed")
                    .doesNotContain("secret");
        }
    }

    @Test
    void head_answers_like_get_without_a_body() throws IOException, InterruptedException {
        store.set(Optional.of("locked"));

        assertThat(send("HEAD", "/healthz").statusCode()).isEqualTo(200);
        assertThat(send("HEAD", "/readyz").statusCode()).isEqualTo(503);
        assertThat(send("HEAD", "/readyz").body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Host: a\r\nHost: a\r\n",
                "Host: a, b\r\n",
                "Host: a b\r\n",
                "Host: a/b\r\n",
                "Host: a:b\r\n",
                "Host: user@a\r\n"
            })
    void exactly_one_host_of_the_right_form_is_wanted(String hosts) throws IOException {
        assertThat(statusOf(hosts)).contains(" 400 ");
        assertThat(statusOf("Host: [::1]:8081\r\n")).contains(" 200 ");
        assertThat(statusOf("Host: localhost\r\n")).contains(" 200 ");
    }

    private String statusOf(String hosts) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream()
                    .write(
                            "GET /healthz HTTP/1.1\r\n%sConnection: close\r\n\r\n"
                                    .formatted(hosts)
                                    .getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(20_000);
            return new String(socket.getInputStream().readNBytes(13), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void other_methods_and_paths_are_refused() throws IOException, InterruptedException {
        HttpResponse<String> post = send("POST", "/readyz");

        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
        assertThat(send("GET", "/").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/healthz/deeper").statusCode()).isEqualTo(404);
    }

    @Test
    void a_port_that_is_taken_is_an_io_matter() {
        AdminConfig taken =
                new AdminConfig(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));

        assertThatThrownBy(
                        () ->
                                HealthServer.start(
                                        taken,
                                        List.of(),
                                        () -> "",
                                        Alarm.LOGGED,
                                        BackgroundTasks.logged()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot listen on")
                .hasMessageContaining(String.valueOf(server.port()));
    }

    @Test
    void metrics_are_told_as_prometheus_reads_them() throws IOException, InterruptedException {
        HttpResponse<String> response = send("GET", "/metrics");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("a_metric 1.0\n");
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).contains("version=0.0.4"));
        assertThat(send("PUT", "/metrics").statusCode()).isEqualTo(405);
    }

    @Test
    void starting_and_closing_is_quick_and_silent() throws Exception {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream capture = new PrintStream(printed, true, StandardCharsets.UTF_8);
        System.setOut(capture);
        System.setErr(capture);
        long before = System.nanoTime();
        try (HealthServer quick =
                HealthServer.start(
                        ANY_PORT, List.of(), () -> "", Alarm.LOGGED, BackgroundTasks.logged())) {
            awaitAccepting(quick);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    /// Waits until every Helidon listener stands in its accept. One that is closed on its way there
    /// logs an error, although nothing is wrong.
    private void awaitAccepting(HealthServer other) throws Exception {
        assertThat(send("GET", "/healthz", other.port()).statusCode()).isEqualTo(200);
        await(
                () ->
                        Thread.getAllStackTraces().entrySet().stream()
                                .filter(it -> it.getKey().getName().endsWith("-listener"))
                                .allMatch(it -> isAccepting(it.getValue())));
    }

    private static boolean isAccepting(StackTraceElement[] stack) {
        return Arrays.stream(stack).anyMatch(it -> it.getMethodName().equals("accept"));
    }

    private HttpResponse<String> send(String method, String path)
            throws IOException, InterruptedException {
        return send(method, path, server.port());
    }

    private HttpResponse<String> send(String method, String path, int port)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        HttpRequest request =
                HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build();
        return client.send(request, BodyHandlers.ofString());
    }
}
