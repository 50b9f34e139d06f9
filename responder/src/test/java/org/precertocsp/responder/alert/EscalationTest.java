package org.precertocsp.responder.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.TestWait.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.responder.intake.FakeClock;
import org.precertocsp.responder.task.BackgroundTasks;

/// The day a person has to acknowledge an alert, with channels as in production: a program that
/// runs, a webhook and an Alertmanager asked over sockets. Only the day is not waited for.
final class EscalationTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration DEADLINE = Duration.ofHours(24);
    private static final Duration REPEAT = Duration.ofHours(1);
    private static final Duration PATIENT = Duration.ofMinutes(1);
    private static final Incident TAMPERED =
            new Incident(Incident.Kind.AUDIT_TAMPERED, "audit", "record 7 is not what was written");
    private static final Incident SILENT =
            new Incident(Incident.Kind.LOG_SILENT, "log.example", "61 minutes");
    private static final Incident LAST =
            new Incident(Incident.Kind.RETENTION, "segment 4", "is missing");

    @TempDir Path folder;
    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T10:00:00Z"));
    private final List<JsonNode> hooked = new CopyOnWriteArrayList<>();
    private final List<JsonNode> managed = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private AlertService desk;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/hook", exchange -> take(exchange, hooked));
        server.createContext("/api/v2/alerts", exchange -> take(exchange, managed));
        server.start();
        Files.createFile(program());
        desk = desk();
    }

    @AfterEach
    void stop() throws IOException {
        desk.close();
        server.stop(0);
    }

    @Requirement({"LG-09", "LG-10"})
    @Test
    void what_nobody_acknowledges_in_a_day_escalates_once_at_every_channel() throws Exception {
        String forgotten = raise(TAMPERED);
        String taken = raise(SILENT);
        pass(DEADLINE.minusMillis(1));
        desk.acknowledge(taken, "ann", "its operator was called");
        assertThat(escalations()).isEmpty();

        pass(Duration.ofMillis(1));
        everyChannelHas(forgotten);
        pass(REPEAT.minusMillis(1));
        raise(LAST);

        assertThat(escalations())
                .containsExactlyInAnyOrder(
                        "program " + forgotten + " emergency",
                        "webhook " + forgotten + " emergency",
                        "manager " + forgotten + " emergency");
    }

    @Requirement("LG-10")
    @Test
    void a_deadline_that_passes_while_the_server_is_down_escalates_at_its_start() throws Exception {
        String id = raise(TAMPERED);
        desk.close();
        clock.pass(DEADLINE);
        desk = desk();

        desk.look();
        everyChannelHas(id);

        assertThat(escalations()).hasSize(3).allMatch(it -> it.contains(id));
    }

    private AlertService desk() throws IOException {
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        AlertConfig config =
                new AlertConfig(
                        folder.resolve("alerts"),
                        DEADLINE,
                        REPEAT,
                        Duration.ZERO,
                        List.of(),
                        false,
                        List.of(
                                new AlertChannelConfig.Command(
                                        "program",
                                        List.of(
                                                "/bin/sh",
                                                "-c",
                                                "cat >> \"$0\"",
                                                program().toString()),
                                        PATIENT),
                                new AlertChannelConfig.Webhook(
                                        "webhook",
                                        URI.create(url + "/hook"),
                                        Optional.empty(),
                                        PATIENT),
                                new AlertChannelConfig.Alertmanager(
                                        "manager", URI.create(url), Optional.empty(), PATIENT)));
        AlertService opened = AlertService.open(config, AlertAuditRecorder.NONE, clock);
        opened.tell(
                BackgroundTasks.logged(),
                AlertChannels.of(config, clock),
                DeliveryRetryPolicy.USUAL);
        return opened;
    }

    private Path program() {
        return folder.resolve("program");
    }

    /// Returns its ID once all channels have it.
    private String raise(Incident incident) {
        desk.raise(incident);
        desk.look();
        String id =
                desk.open().stream()
                        .filter(alert -> alert.isOf(incident))
                        .findFirst()
                        .orElseThrow()
                        .id();
        everyChannelHas(id);
        return id;
    }

    private Alert open(String id) {
        return desk.open().stream().filter(it -> it.id().equals(id)).findFirst().orElseThrow();
    }

    /// Deliveries of one channel keep their order: what was sent before has arrived too.
    private void everyChannelHas(String id) {
        await(() -> open(id).urgency().told().size() == 3);
    }

    private void pass(Duration time) {
        clock.pass(time);
        desk.look();
    }

    /// `channel id severity` of every notice that says so; at Alertmanager an escalation is the
    /// alert anew, beside the one of less severity, which ends.
    private List<String> escalations() {
        List<String> all = new ArrayList<>();
        written().stream()
                .filter(EscalationTest::isEscalation)
                .forEach(it -> all.add("program " + words(it, "id")));
        hooked.stream()
                .filter(EscalationTest::isEscalation)
                .forEach(it -> all.add("webhook " + words(it, "id")));
        managed.stream()
                .filter(it -> it.size() > 1)
                .map(it -> it.at("/0/labels"))
                .forEach(it -> all.add("manager " + words(it, "alert_id")));
        return all;
    }

    private static boolean isEscalation(JsonNode notice) {
        return notice.at("/reason").asText().equals("escalated");
    }

    private static String words(JsonNode json, String id) {
        return json.at("/" + id).asText() + " " + json.at("/severity").asText();
    }

    private List<JsonNode> written() {
        try (MappingIterator<JsonNode> lines =
                JSON.readerFor(JsonNode.class).readValues(program().toFile())) {
            return lines.readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void take(HttpExchange exchange, List<JsonNode> taken) throws IOException {
        taken.add(JSON.readTree(exchange.getRequestBody().readAllBytes()));
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
    }
}
