package org.precertocsp.responder.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.signer.key.SecretSource;

/// Channels against real servers and real processes.
final class AlertChannelsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    /// For what hangs; long enough for a shell to start meanwhile.
    private static final Duration SOON = Duration.ofSeconds(2);

    private static final Duration PATIENT = Duration.ofMinutes(1);
    private static final Alert ALERT =
            Alert.raised(
                    "261121-00aa",
                    new Incident(
                            Incident.Kind.AUDIT_TAMPERED,
                            "audit",
                            "record 7 is \"not\" what was written"),
                    3,
                    NOW,
                    NOW.plus(Duration.ofHours(24)));
    private static final AlertNotification RAISED =
            new AlertNotification(AlertNotification.Reason.RAISED, ALERT);

    private record Request(String method, String path, Optional<String> token, JsonNode body) {}

    @TempDir Path folder;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private HttpServer server = server();
    private volatile int status = 204;

    @BeforeEach
    void serve() {
        server = server();
        server.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
    }

    @Test
    void a_webhook_gets_the_alert_as_json_with_its_token() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "s3cret\nsecond line\n");
        try (WebhookChannel channel = webhook("/hook?x=1", new SecretSource.FromFile(token))) {
            channel.deliver(RAISED);
        }

        Request request = requests.getFirst();
        assertThat(request.method() + " " + request.path()).isEqualTo("POST /hook?x=1");
        assertThat(request.token()).contains("Bearer s3cret");
        assertThat(request.body().at("/version").asInt()).isEqualTo(1);
        assertThat(request.body().at("/reason").asText()).isEqualTo("raised");
        assertThat(request.body().at("/id").asText()).isEqualTo("261121-00aa");
        assertThat(request.body().at("/kind").asText()).isEqualTo("audit_tampered");
        assertThat(request.body().at("/severity").asText()).isEqualTo("critical");
        assertThat(request.body().at("/count").asInt()).isEqualTo(3);
        assertThat(request.body().at("/what").asText()).contains("\"not\"");
        assertThat(request.body().at("/deadline").asText()).isEqualTo("2026-11-22T10:00:00Z");
    }

    @Test
    void an_acknowledgement_carries_who_and_why() throws Exception {
        Alert taken = ALERT.acknowledged(new Acknowledgement("ann", NOW, "restored"));
        try (WebhookChannel channel = webhook("/")) {
            channel.deliver(new AlertNotification(AlertNotification.Reason.ACKNOWLEDGED, taken));
        }

        assertThat(requests.getFirst().body().at("/acknowledged/by").asText()).isEqualTo("ann");
        assertThat(requests.getFirst().body().at("/acknowledged/note").asText())
                .isEqualTo("restored");
    }

    @Test
    void failures_tell_no_more_of_an_address_than_its_origin() {
        status = 403;
        String origin = "http://127.0.0.1:" + server.getAddress().getPort();
        try (WebhookChannel channel = webhook("/services/T0SECRET/B0?key=s3cret")) {
            assertThatThrownBy(() -> channel.deliver(RAISED)).hasMessage(origin + " answered 403");
        }
        server.stop(0);
        try (WebhookChannel channel = webhook("/services/T0SECRET/B0?key=s3cret")) {
            assertThatThrownBy(() -> channel.deliver(RAISED))
                    .hasMessageStartingWith(origin + ": ")
                    .message()
                    .doesNotContain("T0SECRET", "s3cret");
        }
    }

    @Test
    void each_notice_names_its_host_and_programs_get_no_secrets_of_the_environment()
            throws Exception {
        String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        try (AlertChannel webhook = webhook("/");
                AlertChannel manager = manager(url("/"))) {
            webhook.deliver(RAISED);
            manager.deliver(RAISED);
        }
        assertThat(requests.get(0).body().at("/host").asText()).isEqualTo(host);
        assertThat(requests.get(1).body().at("/0/labels/host").asText()).isEqualTo(host);

        Path got = folder.resolve("environment");
        command("/usr/bin/env", "sh", "-c", "/usr/bin/env > \"$1\"", "sh", got.toString())
                .deliver(RAISED);
        assertThat(System.getenv()).as("the test has something to hide").containsKey("HOME");
        assertThat(Files.readAllLines(got))
                .extracting(it -> it.substring(0, it.indexOf('=')))
                // What the shell itself sets.
                .isSubsetOf("PATH", "LANG", "LC_ALL", "TZ", "PWD", "OLDPWD", "SHLVL", "_");
    }

    @Test
    void what_is_not_2xx_or_not_in_time_has_failed() throws Exception {
        try (WebhookChannel channel = webhook("/")) {
            status = 500;
            assertThatThrownBy(() -> channel.deliver(RAISED)).hasMessageEndingWith("answered 500");
            status = 302;
            assertThatThrownBy(() -> channel.deliver(RAISED)).hasMessageEndingWith("answered 302");
        }
        try (WebhookChannel channel = webhook("/hang", SOON)) {
            assertThatThrownBy(() -> channel.deliver(RAISED))
                    .isInstanceOf(AlertDeliveryException.class)
                    .hasMessageContaining("timed out");
        }
        server.stop(0);
        try (WebhookChannel channel = webhook("/")) {
            assertThatThrownBy(() -> channel.deliver(RAISED))
                    .isInstanceOf(AlertDeliveryException.class);
        }
    }

    @Test
    void a_token_that_is_not_there_is_a_failure_that_names_no_secret() {
        try (WebhookChannel channel =
                webhook("/", new SecretSource.FromFile(folder.resolve("missing")))) {
            assertThatThrownBy(() -> channel.deliver(RAISED))
                    .isInstanceOf(AlertDeliveryException.class)
                    .hasMessageContaining("its token cannot be read");
        }
    }

    @Test
    void alertmanager_gets_version_2_alerts_that_end_when_acknowledged() throws Exception {
        try (AlertChannel channel = manager(url("/prefix"))) {
            channel.deliver(RAISED);
            channel.deliver(
                    new AlertNotification(AlertNotification.Reason.ESCALATED, ALERT.escalated()));
            channel.deliver(
                    new AlertNotification(
                            AlertNotification.Reason.ACKNOWLEDGED,
                            ALERT.acknowledged(new Acknowledgement("ann", NOW, ""))));
        }

        assertThat(requests).allMatch(it -> it.path().equals("/prefix/api/v2/alerts"));
        JsonNode raised = requests.get(0).body();
        assertThat(raised).hasSize(1);
        assertThat(raised.at("/0/labels/alertname").asText())
                .isEqualTo("PrecertOcsp_audit_tampered");
        assertThat(raised.at("/0/labels/severity").asText()).isEqualTo("critical");
        assertThat(raised.at("/0/startsAt").asText()).isEqualTo("2026-11-21T10:00:00Z");
        assertThat(raised.at("/0/endsAt").asText()).isEqualTo("2026-11-21T10:05:00Z");

        JsonNode escalated = requests.get(1).body();
        assertThat(escalated.at("/0/labels/severity").asText()).isEqualTo("emergency");
        assertThat(escalated.at("/1/labels/severity").asText()).isEqualTo("critical");
        assertThat(escalated.at("/1/endsAt").asText()).isEqualTo("2026-11-21T10:00:00Z");

        assertThat(requests.get(2).body().at("/0/endsAt").asText())
                .isEqualTo("2026-11-21T10:00:00Z");
    }

    @Test
    void an_end_is_told_to_each_channel_in_its_words() throws Exception {
        AlertNotification ended =
                new AlertNotification(
                        AlertNotification.Reason.ENDED, ALERT.ended(NOW.plusSeconds(9)));
        try (AlertChannel webhook = webhook("/");
                AlertChannel manager = manager(url("/"))) {
            webhook.deliver(ended);
            manager.deliver(ended);
        }

        JsonNode told = requests.get(0).body();
        assertThat(told.at("/reason").asText()).isEqualTo("ended");
        assertThat(told.at("/open").asBoolean(true)).isFalse();
        assertThat(told.at("/endedAt").asText()).isEqualTo("2026-11-21T10:00:09Z");
        assertThat(requests.get(1).body().at("/0/endsAt").asText())
                .isEqualTo("2026-11-21T10:00:00Z");
    }

    @Test
    void a_command_finds_the_alert_on_its_standard_input() throws Exception {
        Path got = folder.resolve("got.json");

        command("sh", "-c", "cat > \"$1\"", "sh", got.toString()).deliver(RAISED);

        assertThat(new ObjectMapper().readTree(got.toFile()).at("/id").asText())
                .isEqualTo("261121-00aa");
    }

    @Test
    void a_command_that_reads_nothing_and_prints_much_is_taken_at_its_exit_code() throws Exception {
        command("sh", "-c", "head -c 300000 /dev/zero; exit 0").deliver(RAISED);

        assertThatThrownBy(() -> command("sh", "-c", "echo no modem >&2; exit 4").deliver(RAISED))
                .isInstanceOf(AlertDeliveryException.class)
                .hasMessage("sh ended with exit code 4: no modem");
        assertThatThrownBy(() -> command(folder.resolve("none").toString()).deliver(RAISED))
                .hasMessageContaining("cannot be run");
    }

    @Test
    void a_command_that_hangs_is_killed_with_its_children() throws Exception {
        Path pid = folder.resolve("pid");
        AlertChannel hanging =
                command(
                        SOON,
                        "sh",
                        "-c",
                        "sleep 60 & echo $! > \"$1\"; wait",
                        "sh",
                        pid.toString());

        assertThatThrownBy(() -> hanging.deliver(RAISED))
                .isInstanceOf(AlertDeliveryException.class)
                .hasMessageContaining("was killed");

        long child = Long.parseLong(Files.readString(pid).strip());
        Optional<ProcessHandle> left = ProcessHandle.of(child);
        if (left.isPresent()) {
            left.get().onExit().get();
        }
    }

    private static CommandChannel command(String... run) {
        return command(PATIENT, run);
    }

    private static CommandChannel command(Duration timeout, String... run) {
        return new CommandChannel(new AlertChannelConfig.Command("command", List.of(run), timeout));
    }

    private WebhookChannel webhook(String path, SecretSource... token) {
        return webhook(path, PATIENT, token);
    }

    private WebhookChannel webhook(String path, Duration timeout, SecretSource... token) {
        return new WebhookChannel(
                new AlertChannelConfig.Webhook(
                        "hook", url(path), List.of(token).stream().findFirst(), timeout));
    }

    private static AlertmanagerChannel manager(URI url) {
        return new AlertmanagerChannel(
                new AlertChannelConfig.Alertmanager("manager", url, Optional.empty(), PATIENT),
                () -> NOW);
    }

    private URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private HttpServer server() {
        try {
            HttpServer made =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            made.setExecutor(task -> Thread.ofVirtual().start(task));
            made.createContext(
                    "/",
                    exchange -> {
                        byte[] body = exchange.getRequestBody().readAllBytes();
                        if (exchange.getRequestURI().getPath().equals("/hang")) {
                            awaitEnd();
                        }
                        requests.add(
                                new Request(
                                        exchange.getRequestMethod(),
                                        exchange.getRequestURI().toString(),
                                        Optional.ofNullable(
                                                exchange.getRequestHeaders()
                                                        .getFirst("Authorization")),
                                        new ObjectMapper()
                                                .readTree(
                                                        new String(body, StandardCharsets.UTF_8))));
                        exchange.sendResponseHeaders(status, -1);
                        exchange.close();
                    });
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
