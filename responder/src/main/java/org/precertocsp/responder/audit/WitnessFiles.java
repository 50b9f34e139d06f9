package org.precertocsp.responder.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.io.DurableFile;

/// The files beside a log for witnesses: its newest checkpoint, and the key that signs it. Both are
/// rewritten often, so a change made by anyone else is reported before it is replaced. Not
/// thread-safe.
final class WitnessFiles {
    private static final int NOTE_LINES = 5;

    private final AuditLogConfig settings;
    private final CheckpointVerifier verifier;
    private final AuditLog.OnDamage onDamage;

    /// The content this process wrote last; empty if there was no log before.
    private @Nullable String written;

    /// @param begun the log is new, and so are its files
    WitnessFiles(
            AuditLogConfig settings,
            CheckpointVerifier verifier,
            AuditLog.OnDamage onDamage,
            boolean begun) {
        this.settings = settings;
        this.verifier = verifier;
        this.onDamage = onDamage;
        this.written = begun ? "" : null;
    }

    /// Replaces the checkpoint; a command leaves a modified one to the server, which can raise an
    /// alert.
    ///
    /// @throws IOException it cannot be read or written
    void checkpoint(String note) throws IOException {
        Path file = file(AuditLogConfig.CHECKPOINT_FILE);
        Optional<String> wrong = wrongCheckpoint();
        if (wrong.isPresent()) {
            tell(file, wrong.get());
            if (onDamage == AuditLog.OnDamage.REFUSE) {
                return;
            }
        }
        DurableFile.write(file, note.getBytes(StandardCharsets.UTF_8));
        written = note;
    }

    /// The problem of the checkpoint in the file, or empty.
    ///
    /// @throws IOException it cannot be read
    Optional<String> wrongCheckpoint() throws IOException {
        Path file = file(AuditLogConfig.CHECKPOINT_FILE);
        if (written != null) {
            return written.isEmpty() || holds(file, written)
                    ? Optional.empty()
                    : Optional.of("is not what was written there");
        }
        long atLeast = settings.anchor().published();
        if (!Files.exists(file)) {
            return atLeast > 0 ? Optional.of("is gone") : Optional.empty();
        }
        String note = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        Optional<AuditCheckpoint> there =
                note.lines().count() == NOTE_LINES
                        ? AuditCheckpoint.read(note, verifier)
                        : Optional.empty();
        if (there.isEmpty()) {
            return Optional.of("is not signed by " + verifier.text());
        }
        return there.get().size() < atLeast
                ? Optional.of(
                        "is of %d records, and one of %d was written there: it was put back"
                                .formatted(there.get().size(), atLeast))
                : Optional.empty();
    }

    /// Writes the key.
    ///
    /// @throws IOException it cannot be read or written
    void verifier() throws IOException {
        Path file = file(AuditLogConfig.VERIFIER_FILE);
        String text = verifier.text() + "\n";
        if (Files.exists(file) && !holds(file, text)) {
            tell(file, "is not the key of this log, " + verifier.text());
            if (onDamage == AuditLog.OnDamage.REFUSE) {
                return;
            }
        }
        DurableFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    private void tell(Path file, String what) {
        settings.alarm()
                .raise(
                        new Incident(
                                Incident.Kind.AUDIT_TAMPERED,
                                settings.origin() + " " + file.getFileName(),
                                "%s %s. The server writes it anew; the records of the log are checked"
                                                .formatted(file, what)
                                        + " by themselves. Find out who had access or whether the"
                                        + " disk fails, and compare the log with a checkpoint kept"
                                        + " elsewhere: precert-ocsp audit verify --checkpoint"
                                        + " FILE"));
    }

    private Path file(String name) {
        return settings.folder().resolve(name);
    }

    private static boolean holds(Path file, String text) throws IOException {
        return Files.exists(file)
                && Arrays.equals(Files.readAllBytes(file), text.getBytes(StandardCharsets.UTF_8));
    }
}
