package org.precertocsp.responder.alert.desk;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.alert.Acknowledgement;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.Alerts;
import org.precertocsp.responder.alert.Alerts.UnknownAlert;
import org.precertocsp.responder.attribution.Attribution;
import org.precertocsp.responder.io.DurableFile;
import org.precertocsp.responder.io.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How a command reaches the server without a port: a file asks, a file answers.
final class AckRequests {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final String REQUEST = ".request";
    private static final String REPLY = ".reply";
    private static final Logger LOG = LoggerFactory.getLogger(AckRequests.class);

    private record Request(String id, String by, String note) {}

    /// Exactly one of the two: the alert, or why not. Neither where there is no such alert.
    private record Reply(@Nullable Alert alert, @Nullable String problem) {}

    private final Path folder;

    AckRequests(Path folder) {
        this.folder = folder;
    }

    /// Asks the server, and waits for its answer.
    Alert ask(String id, Acknowledgement by) throws UnknownAlert, IOException {
        String name = UUID.randomUUID().toString();
        Path request = folder.resolve(name + REQUEST);
        Path reply = folder.resolve(name + REPLY);
        DurableFile.write(request, Json.bytes(new Request(id, by.by(), by.note())));
        try {
            awaitFile(reply);
            Reply answer = Json.MAPPER.readValue(Files.readAllBytes(reply), Reply.class);
            if (answer.problem() != null) {
                throw new IOException(answer.problem());
            }
            if (answer.alert() == null) {
                throw new UnknownAlert(id);
            }
            return answer.alert();
        } finally {
            Files.deleteIfExists(request);
            Files.deleteIfExists(reply);
        }
    }

    private static void awaitFile(Path reply) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.exists(reply)) {
            if (System.nanoTime() > end) {
                throw new IOException(
                        "the server that has the alerts did not answer within %d s: nothing was"
                                        .formatted(PATIENCE.toSeconds())
                                + " acknowledged");
            }
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for the server", e);
            }
        }
    }

    /// The server's side: answers what commands ask.
    void answer(Alerts alerts) {
        try (DirectoryStream<Path> asked = Files.newDirectoryStream(folder, "[!.]*" + REQUEST)) {
            for (Path request : asked) {
                answer(alerts, request);
            }
        } catch (IOException e) {
            LOG.error("acknowledgements by commands cannot be taken", e);
        }
    }

    private static void answer(Alerts alerts, Path request) throws IOException {
        String name = String.valueOf(request.getFileName());
        Path reply =
                request.resolveSibling(name.substring(0, name.length() - REQUEST.length()) + REPLY);
        Reply answer = reply(alerts, request);
        // First, so that what failed halfway is not asked twice.
        Files.deleteIfExists(request);
        DurableFile.write(reply, Json.bytes(answer));
    }

    private static Reply reply(Alerts alerts, Path file) {
        try {
            Request request = Json.MAPPER.readValue(Files.readAllBytes(file), Request.class);
            // The name is what the command says; whose file it is, the system knows.
            String user = Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName();
            return ScopedValue.where(Attribution.CURRENT, Attribution.user(user))
                    .call(
                            () ->
                                    new Reply(
                                            alerts.acknowledge(
                                                    request.id(), request.by(), request.note()),
                                            null));
        } catch (UnknownAlert _) {
            return new Reply(null, null);
        } catch (IOException | RuntimeException e) {
            LOG.warn("an acknowledgement was not taken", e);
            return new Reply(null, "the server did not take it: " + e.getMessage());
        }
    }
}
