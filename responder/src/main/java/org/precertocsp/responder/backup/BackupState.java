package org.precertocsp.responder.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.precertocsp.responder.audit.AuditSettings;
import org.precertocsp.responder.io.DurableFile;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.io.ProcessLock;

/// Files beside the alerts through which the server and the commands `backup` and `restore` know of
/// each other: the lock that such a command holds, the last backup, and why the newest one failed.
public final class BackupState {
    private final Path directory;

    public BackupState(AuditSettings settings) {
        this.directory = settings.newestSetDirectory();
    }

    /// The last complete backup.
    ///
    /// @param madeAt as in its manifest
    public record Last(Instant madeAt, String directory, long bytes) {}

    private Path lockFile() {
        return directory.resolve("backup.lock");
    }

    private Path lastFile() {
        return directory.resolve("last-backup.json");
    }

    private Path failedFile() {
        return directory.resolve("backup-failed");
    }

    /// Prevents other backups and restores while it is held.
    ///
    /// @throws BackupRefusedException another one is in progress
    ProcessLock lock() throws IOException, BackupRefusedException {
        DurableFile.createDirectory(directory);
        return ProcessLock.tryTake(
                        lockFile(), ProcessLock.A_WHILE, DurableFile.permissions("rw-------"))
                .orElseThrow(
                        () ->
                                new BackupRefusedException(
                                        "another backup or restore with this configuration is in"
                                                + " progress; wait until it ends"));
    }

    /// Whether a command works now. Not for the process of that command.
    boolean isLocked() throws IOException {
        return ProcessLock.isHeld(lockFile());
    }

    /// Empty also if the file is damaged or cannot be read: then the age of the last backup is
    /// unknown.
    public Optional<Last> last() {
        try {
            return Optional.of(Json.MAPPER.readValue(Files.readAllBytes(lastFile()), Last.class));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /// Why the newest backup failed; empty if it was complete, or none was made yet.
    Optional<String> problem() throws IOException {
        try {
            return Optional.of(Files.readString(failedFile()).strip());
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    void succeeded(Last backup) throws IOException {
        DurableFile.write(lastFile(), Json.bytes(backup));
        Files.deleteIfExists(failedFile());
    }

    void failed(String why) throws IOException {
        DurableFile.write(failedFile(), (why + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
