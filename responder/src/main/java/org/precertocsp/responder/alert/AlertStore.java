package org.precertocsp.responder.alert;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.io.DurableFile;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.io.ProcessLock;

/// The alerts on disk: `alerts.json`, replaced as a whole, and the directory `acks`, where commands
/// put acknowledgements for the server that holds the lock.
final class AlertStore {
    private static final int VERSION = 1;

    /// The content of `alerts.json`.
    private record Content(int version, List<AlertJson> alerts) {}

    private final Path directory;

    AlertStore(Path directory) {
        this.directory = directory;
    }

    /// Only the owner may read it, since the problems of a CA are confidential.
    void create() throws IOException {
        DurableFile.createDirectory(acks());
    }

    Path acks() {
        return directory.resolve("acks");
    }

    private Path file() {
        return directory.resolve("alerts.json");
    }

    /// Empty if another process has the alerts; released when closed, or when the process ends.
    Optional<ProcessLock> lock() throws IOException {
        return ProcessLock.tryTake(directory.resolve("lock"), Duration.ZERO);
    }

    /// The file was modified or damaged.
    static final class Damaged extends IOException {
        private static final long serialVersionUID = 1L;

        private Damaged(Path file, Exception why) {
            super(
                    "%s is not readable%s: restore it, or move it away and lose its alerts"
                            .formatted(
                                    file,
                                    why instanceof JsonProcessingException json
                                                    && json.getLocation() != null
                                            ? ", at line %d, column %d"
                                                    .formatted(
                                                            json.getLocation().getLineNr(),
                                                            json.getLocation().getColumnNr())
                                            : ""),
                    why);
        }
    }

    /// Empty if nothing was ever written.
    ///
    /// @throws Damaged naming the file and the remedy
    /// @throws IOException also if a newer version of the program wrote the file
    List<Alert> read() throws IOException {
        try {
            Content content = Json.MAPPER.readValue(Files.readAllBytes(file()), Content.class);
            if (content.version() > VERSION) {
                throw new IOException(file() + " is of a newer version: use that program");
            }
            return content.alerts().stream().map(AlertJson::alert).toList();
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (JsonProcessingException | RuntimeException e) {
            // Damage may also leave valid JSON that is not an alert.
            throw new Damaged(file(), e);
        }
    }

    /// Moves the file aside, so that a person can examine it.
    ///
    /// @return its new path
    Path putAside(Instant now) throws IOException {
        Path aside = directory.resolve("alerts.json.damaged-" + now.toEpochMilli());
        Files.move(file(), aside);
        return aside;
    }

    /// Durable when it returns.
    void write(Collection<Alert> alerts) throws IOException {
        List<AlertJson> flat = alerts.stream().map(AlertJson::of).toList();
        DurableFile.write(
                file(), Json.indented(new Content(VERSION, flat)).getBytes(StandardCharsets.UTF_8));
    }
}
