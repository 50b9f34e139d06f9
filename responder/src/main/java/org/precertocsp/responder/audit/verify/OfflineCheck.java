package org.precertocsp.responder.audit.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.precertocsp.responder.audit.AuditConfig;
import org.precertocsp.responder.audit.log.Anchor;
import org.precertocsp.responder.audit.log.Anchored;
import org.precertocsp.responder.audit.log.WriterLock;
import org.precertocsp.responder.audit.seal.Checkpoint;
import org.precertocsp.responder.audit.seal.SealKey;
import org.precertocsp.responder.audit.seal.Verifier;

/// Checks both logs from outside the process that writes them, with what the store and perhaps a
/// witness know of them.
public final class OfflineCheck {
    private record Log(Path folder, String origin) {}

    private final AuditConfig config;
    private final List<Log> logs;
    private final Function<String, Optional<String>> anchors;

    /// @param anchors what the store keeps of a log, by its origin
    public OfflineCheck(AuditConfig config, Function<String, Optional<String>> anchors) {
        this.config = config;
        this.logs =
                List.of(
                        new Log(config.events(), config.eventsOrigin()),
                        new Log(config.signatures(), config.signaturesOrigin()));
        this.anchors = anchors;
    }

    /// Bytes of the files as they are.
    public long octets() throws IOException {
        long octets = 0;
        for (Log log : logs) {
            if (Files.isDirectory(log.folder())) {
                try (Stream<Path> files = Files.list(log.folder())) {
                    octets += files.mapToLong(file -> file.toFile().length()).sum();
                }
            }
        }
        return octets;
    }

    /// @param witness a checkpoint kept elsewhere, as text
    /// @param progress told of bytes of records as they are read, all logs together
    /// @throws IOException a file cannot be read, which says nothing about the logs
    public List<Verdict> run(Optional<String> witness, LongConsumer progress) throws IOException {
        List<Problem> keyProblems = new ArrayList<>();
        Optional<SealKey> key = key(keyProblems);
        List<Verdict> verdicts = new ArrayList<>();
        boolean witnessed = witness.isEmpty();
        Optional<LogVerifier> events = Optional.empty();
        for (Log log : logs) {
            // Before the files: a log that is being written may only be longer than it says.
            Optional<String> kept = anchors.apply(log.origin());
            Optional<Anchored> anchored = kept.flatMap(Anchored::read);
            long published = Anchor.published(anchors.apply(Anchor.publishedOf(log.origin())));
            if (kept.isEmpty() && !Files.isDirectory(log.folder())) {
                continue;
            }
            Optional<Verifier> verifier = verifier(log, anchored, key);
            if (verifier.isEmpty()) {
                verdicts.add(unproven(log, "neither store nor key tell who signs it"));
                continue;
            }
            if (kept.isPresent() && anchored.isEmpty()) {
                keyProblems.add(
                        new Problem(
                                log.origin(),
                                "the store",
                                "what it keeps of the log is no checkpoint of it",
                                false));
            }
            List<Known> known = new ArrayList<>();
            anchored.ifPresent(it -> known.add(known("the store", it)));
            Optional<Checkpoint> theirs =
                    witness.flatMap(note -> Checkpoint.read(note, verifier.get()));
            theirs.ifPresent(
                    it -> known.add(new Known("the checkpoint given", it.size(), it.root())));
            witnessed |= theirs.isPresent();
            boolean growing = WriterLock.isHeld(log.folder());
            LogVerifier check = new LogVerifier(log.folder(), verifier.get(), growing);
            events.ifPresent(check::acknowledgedIn);
            events = events.or(() -> Optional.of(check));
            verdicts.add(check.verify(known, published, progress));
        }
        if (!witnessed) {
            keyProblems.add(
                    new Problem(
                            config.name(),
                            "the checkpoint given",
                            "is of none of the logs, or not signed by their key",
                            false));
        }
        if (!keyProblems.isEmpty()) {
            verdicts.add(new Verdict(config.name(), 0, 0, "", keyProblems, List.of()));
        }
        return verdicts;
    }

    private static Known known(String whose, Anchored anchored) {
        Checkpoint checkpoint = anchored.checkpoint();
        return new Known(whose, checkpoint.size(), checkpoint.root(), Optional.of(anchored.note()));
    }

    /// The store's word counts before the key's: whoever changes the log may change its key, too.
    private static Optional<Verifier> verifier(
            Log log, Optional<Anchored> anchored, Optional<SealKey> key) {
        return anchored.map(Anchored::verifier).or(() -> key.map(it -> it.verifier(log.origin())));
    }

    private Verdict unproven(Log log, String what) {
        Problem problem = new Problem(log.origin(), log.folder().toString(), what, false);
        return new Verdict(log.origin(), 0, 0, "", List.of(problem), List.of());
    }

    /// An auditor may not be allowed to read the key; that it is another would matter.
    private Optional<SealKey> key(List<Problem> problems) throws IOException {
        Path file = config.keyFile();
        if (Files.exists(file) ? !Files.isReadable(file) : !Files.isDirectory(config.directory())) {
            return Optional.empty();
        }
        List<Verifier> known =
                logs.stream()
                        .flatMap(log -> anchors.apply(log.origin()).stream())
                        .flatMap(kept -> Anchored.read(kept).stream())
                        .map(Anchored::verifier)
                        .toList();
        problems.addAll(new KeyFile(config.name(), file, config.key().isEmpty()).problems(known));
        try {
            return Optional.of(SealKey.read(file));
        } catch (IOException _) {
            // Which is one of the problems.
            return Optional.empty();
        }
    }
}
