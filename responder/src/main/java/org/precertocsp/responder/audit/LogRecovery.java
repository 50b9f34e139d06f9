package org.precertocsp.responder.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.precertocsp.der.ByteString;

/// Reads the last file of a log so that the log can be continued, and checks it against its last
/// signature and the stored checkpoint. The files before it are left to the verifier.
final class LogRecovery {
    /// The position at which a log can be continued.
    ///
    /// @param bytes of the last file that are valid; an incomplete record follows them
    /// @param loose number of records after the last checkpoint: written, but never acknowledged
    /// @param note the last checkpoint
    record Found(LogSegment segment, RecordChain chain, long bytes, long loose, String note) {}

    /// The log was modified or damaged.
    static final class Damaged extends Exception {
        private static final long serialVersionUID = 1L;

        Damaged(String what) {
            super(what, null, false, false);
        }

        String what() {
            return String.valueOf(getMessage());
        }
    }

    private final Consumer<AuditRecord> replay;
    private final CheckpointVerifier verifier;
    private final Optional<StoredCheckpoint> anchored;
    private long sealed;
    private String note = "";

    private LogRecovery(
            AuditLogConfig settings,
            Consumer<AuditRecord> replay,
            Optional<StoredCheckpoint> anchored) {
        this.replay = replay;
        this.verifier = settings.key().verifier(settings.origin());
        this.anchored = anchored;
    }

    /// @param replay receives every record of the last file
    /// @return empty if there is no log yet
    static Optional<Found> read(AuditLogConfig settings, Consumer<AuditRecord> replay)
            throws IOException, Damaged {
        Optional<String> kept = settings.anchor().kept();
        Optional<StoredCheckpoint> anchored = kept.flatMap(StoredCheckpoint::read);
        if (kept.isPresent() && anchored.isEmpty()) {
            throw new Damaged("what the store keeps of it is not a checkpoint");
        }
        List<LogSegment> segments = LogSegment.list(settings.folder());
        if (segments.isEmpty()) {
            if (anchored.isPresent()) {
                throw new Damaged(
                        "its files are gone, and it had %d records"
                                .formatted(anchored.get().checkpoint().size()));
            }
            return Optional.empty();
        }
        LogSegment last = lastBegun(segments);
        if (last.packed()) {
            throw new Damaged("the file after %s is gone".formatted(last.file().getFileName()));
        }
        return Optional.of(new LogRecovery(settings, replay, anchored).follow(last));
    }

    /// A file that was created but not written before a crash does not count.
    private static LogSegment lastBegun(List<LogSegment> segments) throws IOException {
        LogSegment last = segments.getLast();
        if (segments.size() == 1 || last.packed()) {
            return last;
        }
        try (LogLineReader lines = new LogLineReader(last.read(), 0)) {
            if (lines.next().isPresent()) {
                return last;
            }
        }
        Files.delete(last.file());
        return segments.get(segments.size() - 2);
    }

    private Found follow(LogSegment segment) throws IOException, Damaged {
        if (anchored.isPresent() && !anchored.get().verifier().equals(verifier)) {
            throw new Damaged("the store knows it under another key than " + verifier.text());
        }
        try (LogLineReader lines = new LogLineReader(segment.read(), 0)) {
            Optional<byte[]> first = lines.next();
            if (first.isEmpty()) {
                return headless(segment);
            }
            RecordChain chain =
                    RecordChain.before(line(first.get())).orElseThrow(() -> noRecord(segment));
            if (chain.size() != segment.first()) {
                throw noRecord(segment);
            }
            compareWithAnchor(chain);
            for (Optional<byte[]> line = first; line.isPresent(); line = lines.next()) {
                take(chain, line(line.get()));
            }
            checkEnd(chain);
            return new Found(segment, chain, lines.end(), chain.size() - sealed, note);
        }
    }

    /// An empty file: only possible before the very first checkpoint, since later files are started
    /// after one.
    private Found headless(LogSegment segment) throws Damaged {
        if (segment.first() != 0 || anchored.isPresent()) {
            throw noRecord(segment);
        }
        return new Found(segment, RecordChain.empty(), 0, 0, "");
    }

    private void take(RecordChain chain, AuditRecord line) throws Damaged {
        Optional<String> wrong = chain.follow(line);
        if (wrong.isPresent()) {
            throw new Damaged(wrong.get());
        }
        if (line.kind().equals(RecordKind.CHECKPOINT)) {
            checkRoot(chain, line);
            sealed = chain.size();
        }
        compareWithAnchor(chain);
        replay.accept(line);
    }

    private void checkRoot(RecordChain chain, AuditRecord line) throws Damaged {
        // The chain already contains the checkpoint's own record; its signature is checked at the
        // end.
        if (line.tree().path("size").asLong(-1) != chain.size() - 1) {
            throw new Damaged("record %d is not a checkpoint".formatted(line.number()));
        }
        note = line.tree().path("note").asText();
    }

    private void compareWithAnchor(RecordChain chain) throws Damaged {
        if (anchored.isPresent() && anchored.get().checkpoint().size() == chain.size()) {
            ByteString root = anchored.get().checkpoint().root();
            if (!chain.root().equals(root)) {
                throw new Damaged(
                        "its first %d records are not those the store knows"
                                .formatted(chain.size()));
            }
        }
    }

    private void checkEnd(RecordChain chain) throws Damaged {
        if (anchored.isPresent() && anchored.get().checkpoint().size() > chain.size()) {
            throw new Damaged(
                    "it ends after %d records, and the store knows of %d: it was rolled back"
                            .formatted(chain.size(), anchored.get().checkpoint().size()));
        }
        if (sealed > 0 && AuditCheckpoint.read(note, verifier).isEmpty()) {
            throw new Damaged("its last checkpoint is not signed by " + verifier.text());
        }
    }

    private static AuditRecord line(byte[] bytes) throws Damaged {
        return AuditRecord.read(bytes).orElseThrow(() -> new Damaged("a line is not a record"));
    }

    private static Damaged noRecord(LogSegment segment) {
        return new Damaged("%s does not begin as it must".formatted(segment.file().getFileName()));
    }
}
