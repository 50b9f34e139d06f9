package org.precertocsp.responder.reload;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;
import org.precertocsp.responder.io.DurableFile;
import org.precertocsp.responder.io.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How the command `reload` reaches the server without a port: it leaves a file in a folder of the
/// server's, which removes it when it begins and leaves its report when it is done.
public final class ReloadRequests {
    /// How often the server looks.
    public static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private static final Duration POLL = Duration.ofMillis(20);
    private static final String REQUEST = ".reload";
    private static final String REPORT = ".reloaded";
    private static final Logger LOG = LoggerFactory.getLogger(ReloadRequests.class);

    private final Path folder;

    /// @param folder that the server alone writes to, such as that of its alerts
    public ReloadRequests(Path folder) {
        this.folder = folder;
    }

    /// Asks the server, and waits.
    ///
    /// @param begin longest wait until a server begins
    /// @param end longest wait from then on until it is done
    /// @throws IOException no server is there, or it did not answer; the message says which
    public ReloadReport ask(Duration begin, Duration end) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException("no server has run with this configuration: no " + folder);
        }
        String name = UUID.randomUUID().toString();
        Path request = folder.resolve(name + REQUEST);
        Path report = folder.resolve(name + REPORT);
        Files.createFile(request);
        try {
            if (!await(() -> !Files.exists(request), begin)) {
                throw new IOException(
                        "no server runs with this configuration, or it does not look at " + folder);
            }
            if (!await(() -> Files.exists(report), end)) {
                throw new IOException(
                        "the server has not reloaded within %s; its log says what it waits for"
                                .formatted(end));
            }
            return Json.MAPPER.readValue(Files.readAllBytes(report), ReloadReport.class);
        } finally {
            Files.deleteIfExists(request);
            Files.deleteIfExists(report);
        }
    }

    private interface Condition {
        boolean holds();
    }

    private static boolean await(Condition condition, Duration most) throws IOException {
        long end = System.nanoTime() + most.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for the server", e);
            }
        }
        return true;
    }

    /// The server's side: reloads once for all requests there are. To be called every
    /// [#LOOK_EVERY].
    ///
    /// @throws IOException the folder cannot be used
    public void answer(Supplier<ReloadReport> reload) throws IOException {
        try (DirectoryStream<Path> asked = Files.newDirectoryStream(folder, "[!.]*" + REQUEST)) {
            for (Path request : asked) {
                // First, so that who asked knows, and what fails is not done twice.
                if (Files.deleteIfExists(request)) {
                    reply(request, reload.get());
                }
            }
        }
    }

    private static void reply(Path request, ReloadReport report) {
        String name = String.valueOf(request.getFileName());
        String id = name.substring(0, name.length() - REQUEST.length());
        try {
            DurableFile.replace(request.resolveSibling(id + REPORT), Json.bytes(report));
        } catch (IOException e) {
            LOG.error("who asked for a reload cannot be told what became of it", e);
        }
    }
}
