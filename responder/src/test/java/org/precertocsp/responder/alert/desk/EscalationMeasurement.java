package org.precertocsp.responder.alert.desk;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.AlertConfig;
import org.precertocsp.responder.alert.ChannelConfig;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.alert.channel.Channels;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.task.BackgroundTasks;

/// How long after its deadline an alert nobody acknowledged has reached both a program and a
/// webhook as an escalation. Deadlines are of two seconds instead of a day; the desk, the disk and
/// the channels are real. Run by hand with the test class path: `java -cp …
/// org.precertocsp.responder.alert.desk.EscalationMeasurement DIRECTORY ALERTS`.
final class EscalationMeasurement {
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private EscalationMeasurement() {}

    /// @param arguments an empty directory, how many alerts, one after another
    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        int alerts = Integer.parseInt(arguments[1]);
        Path written = Files.createFile(directory.resolve("written"));
        Map<String, Boolean> posted = new ConcurrentHashMap<>();
        HttpServer webhook = webhook(posted);
        AlertConfig config = config(directory, written, webhook.getAddress().getPort());
        List<Double> millis = new ArrayList<>();
        try (AlertDesk desk =
                AlertDesk.start(
                        BackgroundTasks.logged(),
                        config,
                        Channels.of(config, InstantSource.system()),
                        AlertRecord.NONE,
                        InstantSource.system())) {
            for (int i = 0; i < alerts; i++) {
                desk.raise(new Incident(Incident.Kind.AUDIT_TAMPERED, "log " + i, "measured"));
                while (desk.open().isEmpty()) {
                    Thread.sleep(1);
                }
                Alert alert = desk.open().getFirst();
                while (!posted.containsKey(alert.id()) || !isWritten(written, alert)) {
                    Thread.sleep(1);
                }
                millis.add(Duration.between(alert.deadline(), Instant.now()).toNanos() / 1e6);
                var _ = desk.acknowledge(alert.id(), "measurement", "");
            }
        } finally {
            webhook.stop(0);
        }
        millis.sort(null);
        System.out.printf(
                "escalated through both channels %.0f ms after the deadline (median of %d; at most"
                        + " %.0f ms)%n",
                millis.get(millis.size() / 2), alerts, millis.getLast());
    }

    private static HttpServer webhook(Map<String, Boolean> posted) throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    byte[] octets = exchange.getRequestBody().readAllBytes();
                    String json = new String(octets, StandardCharsets.UTF_8);
                    if (json.contains("\"escalated\"")) {
                        posted.put(Json.MAPPER.readTree(json).path("id").asText(), true);
                    }
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        server.start();
        return server;
    }

    private static boolean isWritten(Path file, Alert alert) throws IOException {
        return Files.readAllLines(file).stream()
                .anyMatch(line -> line.contains(alert.id()) && line.contains("\"escalated\""));
    }

    private static AlertConfig config(Path directory, Path written, int port) {
        return new AlertConfig(
                directory.resolve("alerts"),
                DEADLINE,
                Duration.ofHours(1),
                Duration.ZERO,
                AlertConfig.USUAL_EXPIRY,
                false,
                List.of(
                        new ChannelConfig.Command(
                                "program",
                                List.of("/bin/sh", "-c", "cat >> " + written),
                                Duration.ofSeconds(10)),
                        new ChannelConfig.Webhook(
                                "webhook",
                                URI.create("http://127.0.0.1:%d/".formatted(port)),
                                Optional.empty(),
                                Duration.ofSeconds(10))));
    }
}
