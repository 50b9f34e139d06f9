package org.precertocsp.responder.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.io.DurableFile;

/// Opens a log: continues it, creates it, or moves a damaged one aside and starts a new one.
final class LogOpener {
    /// Directory in the parent of the log's own.
    static final String ASIDE = "damaged";

    private final AuditLogConfig settings;
    private final Consumer<AuditRecord> replay;
    private final AuditLog.OnDamage onDamage;

    LogOpener(AuditLogConfig settings, Consumer<AuditRecord> replay, AuditLog.OnDamage onDamage) {
        this.settings = settings;
        this.replay = replay;
        this.onDamage = onDamage;
    }

    AuditLog log() throws IOException {
        try {
            removeTemporaries();
            Optional<LogRecovery.Found> found = LogRecovery.read(settings, replay);
            return found.isPresent()
                    ? AuditLog.resumed(settings, found.get(), onDamage)
                    : AuditLog.begun(settings, onDamage);
        } catch (LogRecovery.Damaged e) {
            if (onDamage == AuditLog.OnDamage.REFUSE) {
                throw new AuditException(
                        "the audit log in %s is not what was written: %s. Nothing was changed. Put it"
                                        .formatted(settings.folder(), e.what())
                                + " back from a backup, or start the server, which puts it aside,"
                                + " begins another and raises an alert",
                        e);
            }
            return anew(e.what());
        }
    }

    private void removeTemporaries() throws IOException {
        try (Stream<Path> files = Files.list(settings.folder())) {
            List<Path> temporaries =
                    files.filter(it -> it.toString().endsWith(DurableFile.TEMPORARY_SUFFIX))
                            .toList();
            for (Path file : temporaries) {
                Files.delete(file);
            }
        }
    }

    private AuditLog anew(String what) throws IOException {
        Path aside = putAside();
        String before =
                settings.anchor()
                        .kept()
                        .flatMap(StoredCheckpoint::read)
                        .map(it -> it.checkpoint().text())
                        .orElse("");
        AuditLog log = AuditLog.begun(settings, onDamage);
        log.append(
                RecordKind.BEGUN_ANEW,
                Map.of("why", what, "aside", aside.toString(), "checkpoint", before));
        log.seal();
        log.markBegunAnew();
        settings.alarm()
                .raise(
                        new Incident(
                                Incident.Kind.AUDIT_TAMPERED,
                                settings.origin(),
                                "the log is not what was written: %s. It lies in %s now, and a new"
                                                .formatted(what, aside)
                                        + " one was begun; find out who had access"));
        return log;
    }

    private Path putAside() throws IOException {
        Path folder = settings.folder();
        Path above = Objects.requireNonNull(folder.toAbsolutePath().getParent(), "parent");
        Path aside =
                above.resolve(ASIDE)
                        .resolve(
                                "%s-%d"
                                        .formatted(
                                                folder.getFileName(),
                                                settings.clock().instant().toEpochMilli()));
        DurableFile.createDirectory(above.resolve(ASIDE));
        DurableFile.move(folder, aside);
        DurableFile.createDirectory(folder);
        return aside;
    }
}
