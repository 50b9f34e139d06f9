package org.precertocsp.responder.backup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.audit.AuditLog;
import org.precertocsp.responder.audit.AuditService;
import org.precertocsp.responder.audit.AuditSettings;
import org.precertocsp.responder.io.DurableFile;
import org.precertocsp.responder.status.CommitMark;

/// Store and logs of one moment, frozen inside their own directories.
///
/// @param newestSet in the store; empty if it has none
/// @param events of the event log
/// @param signatures of the signature journal
public record Snapshot(
        Instant at,
        Optional<BackupManifest.Set> newestSet,
        AuditLog.Copy events,
        AuditLog.Copy signatures) {
    private static final String NAME = "backup";

    static Path store(AuditSettings settings) {
        return settings.store().directory().resolve(NAME);
    }

    static Path events(AuditSettings settings) {
        return audit(settings).resolve("events");
    }

    static Path signatures(AuditSettings settings) {
        return audit(settings).resolve("signatures");
    }

    private static Path audit(AuditSettings settings) {
        return settings.audit().directory().resolve(NAME);
    }

    /// Directories that a snapshot consists of, also an unfinished one.
    private static List<Path> parts(AuditSettings settings) {
        Path store = store(settings);
        // RocksDB gives it this name until it is complete.
        return List.of(store, store.resolveSibling(NAME + ".tmp"), audit(settings));
    }

    /// Takes a snapshot, and records it in the event log. Changes wait for a moment.
    ///
    /// @param opened is not closed
    /// @param target directory of the backup, for the record
    /// @param patience how long to wait for a load in progress
    /// @return empty if the load did not end
    /// @throws IOException files cannot be linked; none are left
    static Optional<Snapshot> take(
            AuditSettings settings,
            AuditService.Opened opened,
            InstantSource clock,
            String who,
            String target,
            Duration patience)
            throws IOException {
        remove(settings);
        boolean taken = false;
        try {
            AtomicReference<@Nullable Frozen> frozen = new AtomicReference<>();
            boolean copied =
                    opened.store()
                            .copyFiles(
                                    store(settings),
                                    patience,
                                    () -> frozen.set(freeze(settings, opened, clock, who, target)));
            Frozen log = frozen.get();
            if (!copied || log == null) {
                return Optional.empty();
            }
            // Changes go on: signatures have no order among them.
            AuditLog.Copy signatures = opened.signatures().copyFiles(signatures(settings));
            taken = true;
            return Optional.of(new Snapshot(log.at(), log.newestSet(), log.events(), signatures));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            if (!taken) {
                remove(settings);
            }
        }
    }

    private record Frozen(
            Instant at, Optional<BackupManifest.Set> newestSet, AuditLog.Copy events) {}

    private static Frozen freeze(
            AuditSettings settings,
            AuditService.Opened opened,
            InstantSource clock,
            String who,
            String target) {
        // Seconds are precise enough for people, who compare it with the times of their files.
        Instant at = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Optional<CommitMark> newest = opened.store().commitMark();
        opened.trail()
                .record(new AuditEvent(AuditEvent.Kind.BACKUP, who, Map.of("directory", target)));
        try {
            DurableFile.createDirectory(audit(settings));
            return new Frozen(
                    at,
                    newest.map(it -> new BackupManifest.Set(it.set(), it.value().toHex())),
                    opened.events().copyFiles(events(settings)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean exists(AuditSettings settings) {
        return parts(settings).stream().anyMatch(Files::exists);
    }

    /// Deletes a snapshot, if there is one.
    static void remove(AuditSettings settings) throws IOException {
        for (Path part : parts(settings)) {
            remove(part);
        }
    }

    /// Deletes a directory with its content, if it exists.
    static void remove(Path tree) throws IOException {
        if (!Files.isDirectory(tree)) {
            return;
        }
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
