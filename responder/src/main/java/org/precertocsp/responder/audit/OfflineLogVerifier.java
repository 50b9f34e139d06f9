package org.precertocsp.responder.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/// Verifies both logs from outside the process that writes them, with the checkpoints that the
/// store and perhaps a witness have of them.
public final class OfflineLogVerifier {
    private record Log(Path folder, String origin) {}

    private final AuditConfig config;
    private final List<Log> logs;
    private final Function<String, Optional<String>> anchors;

    /// @param anchors returns the value that the store keeps for a log, by its origin
    public OfflineLogVerifier(AuditConfig config, Function<String, Optional<String>> anchors) {
        this.config = config;
        this.logs =
                List.of(
                        new Log(config.events(), config.eventsOrigin()),
                        new Log(config.signatures(), config.signaturesOrigin()));
        this.anchors = anchors;
    }

    /// Total size in bytes of the files on disk.
    public long bytes() throws IOException {
        long bytes = 0;
        for (Log log : logs) {
            if (Files.isDirectory(log.folder())) {
                try (Stream<Path> files = Files.list(log.folder())) {
                    bytes += files.mapToLong(file -> file.toFile().length()).sum();
                }
            }
        }
        return bytes;
    }

    /// @param witness a checkpoint kept elsewhere, as text
    /// @param progress receives the number of bytes of records as they are read, all logs together
    /// @throws IOException a file cannot be read, which says nothing about the logs
    public List<LogVerificationResult> run(Optional<String> witness, LongConsumer progress)
            throws IOException {
        List<LogProblem> keyProblems = new ArrayList<>();
        Optional<CheckpointSigner> key = key(keyProblems);
        List<LogVerificationResult> verdicts = new ArrayList<>();
        boolean witnessed = witness.isEmpty();
        Optional<LogVerifier> events = Optional.empty();
        for (Log log : logs) {
            // Read before the files: a log that is being written may only be longer than this value
            // says.
            Optional<String> kept = anchors.apply(log.origin());
            Optional<StoredCheckpoint> anchored = kept.flatMap(StoredCheckpoint::read);
            long published =
                    CheckpointStore.published(
                            anchors.apply(CheckpointStore.publishedOf(log.origin())));
            if (kept.isEmpty() && !Files.isDirectory(log.folder())) {
                continue;
            }
            Optional<CheckpointVerifier> verifier = verifier(log, anchored, key);
            if (verifier.isEmpty()) {
                verdicts.add(unproven(log, "neither store nor key tell who signs it"));
                continue;
            }
            if (kept.isPresent() && anchored.isEmpty()) {
                keyProblems.add(
                        new LogProblem(
                                log.origin(),
                                "the store",
                                "what it keeps of the log is not a checkpoint of it",
                                false));
            }
            List<KnownTreeHead> known = new ArrayList<>();
            anchored.ifPresent(it -> known.add(known("the store", it)));
            Optional<AuditCheckpoint> theirs =
                    witness.flatMap(note -> AuditCheckpoint.read(note, verifier.get()));
            theirs.ifPresent(
                    it ->
                            known.add(
                                    new KnownTreeHead(
                                            "the checkpoint given", it.size(), it.root())));
            witnessed |= theirs.isPresent();
            boolean growing = LogWriterLock.isHeld(log.folder());
            LogVerifier check = new LogVerifier(log.folder(), verifier.get(), growing);
            events.ifPresent(check::acknowledgedIn);
            events = events.or(() -> Optional.of(check));
            verdicts.add(check.verify(known, published, progress));
        }
        if (!witnessed) {
            keyProblems.add(
                    new LogProblem(
                            config.name(),
                            "the checkpoint given",
                            "is of none of the logs, or not signed by their key",
                            false));
        }
        if (!keyProblems.isEmpty()) {
            verdicts.add(
                    new LogVerificationResult(config.name(), 0, 0, "", keyProblems, List.of()));
        }
        return verdicts;
    }

    private static KnownTreeHead known(String whose, StoredCheckpoint anchored) {
        AuditCheckpoint checkpoint = anchored.checkpoint();
        return new KnownTreeHead(
                whose, checkpoint.size(), checkpoint.root(), Optional.of(anchored.note()));
    }

    /// The store's key takes precedence over the key file: an attacker who changes the log may
    /// change its key file, too.
    private static Optional<CheckpointVerifier> verifier(
            Log log, Optional<StoredCheckpoint> anchored, Optional<CheckpointSigner> key) {
        return anchored.map(StoredCheckpoint::verifier)
                .or(() -> key.map(it -> it.verifier(log.origin())));
    }

    private LogVerificationResult unproven(Log log, String what) {
        LogProblem problem = new LogProblem(log.origin(), log.folder().toString(), what, false);
        return new LogVerificationResult(log.origin(), 0, 0, "", List.of(problem), List.of());
    }

    /// An auditor may lack permission to read the key; only a different key would be a problem.
    private Optional<CheckpointSigner> key(List<LogProblem> problems) throws IOException {
        Path file = config.keyFile();
        if (Files.exists(file) ? !Files.isReadable(file) : !Files.isDirectory(config.directory())) {
            return Optional.empty();
        }
        List<CheckpointVerifier> known =
                logs.stream()
                        .flatMap(log -> anchors.apply(log.origin()).stream())
                        .flatMap(kept -> StoredCheckpoint.read(kept).stream())
                        .map(StoredCheckpoint::verifier)
                        .toList();
        problems.addAll(
                new CheckpointKeyFile(config.name(), file, config.key().isEmpty()).problems(known));
        try {
            return Optional.of(CheckpointSigner.read(file));
        } catch (IOException _) {
            // Already reported as one of the problems.
            return Optional.empty();
        }
    }
}
