package org.precertocsp.responder.audit.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.audit.AuditFailure;
import org.precertocsp.responder.audit.record.Canonical;
import org.precertocsp.responder.audit.record.Line;
import org.precertocsp.responder.audit.seal.Checkpoint;
import org.precertocsp.responder.audit.seal.Verifier;

/// Writes one log. Thread-safe; one process at a time.
///
/// Records are appended without waiting, then sealed: a checkpoint follows them, and all is on disk
/// when [#seal] returns. So a log that was closed, or only rests, ends with its own signature, and
/// a changed octet has nowhere to hide.
public final class AuditLog implements AutoCloseable {
    private static final long PUBLISH_SECONDS = 60;

    private final LogSettings settings;
    private final Verifier verifier;
    private final Packer packer;
    private final Chain chain;
    private OpenSegment segment;
    private long sealed;
    private @Nullable Instant sealedAt;
    private Instant published = Instant.MIN;
    private @Nullable String publishedNote;
    private @Nullable String anchored;
    private String note;
    private final long loose;
    private boolean broken;
    private boolean closed;
    private @Nullable WriterLock lock;

    private AuditLog(
            LogSettings settings, Chain chain, OpenSegment segment, long loose, String note) {
        this.settings = settings;
        this.verifier = settings.key().verifier(settings.origin());
        this.chain = chain;
        this.segment = segment;
        this.sealed = chain.size() - loose;
        this.loose = loose;
        this.note = note;
        this.packer = new Packer(this, settings.folder());
    }

    /// Goes on where the log ends, or begins it. A log that is not what was written is put aside
    /// and told of, and another begun: a responder must not fall silent because of its books.
    ///
    /// @param replay given every record of the newest file
    /// @throws AuditFailure the folder cannot be read or written, or another process writes it
    public static AuditLog open(LogSettings settings, Consumer<Line> replay) {
        try {
            Durable.folder(settings.folder());
            WriterLock lock = WriterLock.take(settings.folder());
            try {
                AuditLog log = new Beginning(settings, replay).log();
                log.lock = lock;
                log.publishVerifier();
                log.packer.packAllBut(log.segmentFirst(), settings.packAfter());
                return log;
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new AuditFailure(
                    "the audit log in %s cannot be written: %s"
                            .formatted(settings.folder(), e.getMessage()),
                    e);
        }
    }

    static AuditLog begun(LogSettings settings) throws IOException {
        Path file = Segment.open(settings.folder(), 0);
        AuditLog log = new AuditLog(settings, Chain.empty(), OpenSegment.create(file), 0, "");
        log.writeHeader();
        return log;
    }

    static AuditLog resumed(LogSettings settings, Resumption.Found found) throws IOException {
        OpenSegment segment = OpenSegment.resume(found.segment().file(), found.octets());
        AuditLog log = new AuditLog(settings, found.chain(), segment, found.loose(), found.note());
        if (found.chain().size() == 0) {
            log.writeHeader();
        } else if (found.loose() > 0) {
            log.seal();
        }
        return log;
    }

    /// Writes a record; it is durable after the next [#seal].
    ///
    /// @param fields as [Canonical#object]; `at`, `kind`, `n` and `previous` are added
    /// @return its number
    /// @throws AuditFailure nothing was recorded
    public synchronized long append(String kind, Map<String, ?> fields) {
        refuseUnlessOpen();
        Map<String, Object> all = new HashMap<>(fields);
        all.put("at", settings.clock().instant().truncatedTo(ChronoUnit.MILLIS).toString());
        return write(kind, all);
    }

    private long write(String kind, Map<String, Object> fields) {
        long number = chain.size();
        fields.put("kind", kind);
        fields.put("n", number);
        fields.put("previous", chain.last());
        byte[] line = Canonical.object(fields);
        try {
            segment.append(line);
        } catch (IOException e) {
            throw failure("be written", e);
        }
        chain.add(line);
        return number;
    }

    /// Returns once all records are on disk under a signed checkpoint.
    ///
    /// @throws AuditFailure they may be or not; nothing more is recorded
    public synchronized void seal() {
        refuseUnlessOpen();
        if (chain.size() == sealed) {
            return;
        }
        String signed =
                new Checkpoint(settings.origin(), chain.size(), chain.root())
                        .signedBy(settings.key());
        Map<String, Object> fields = new HashMap<>();
        fields.put("note", signed);
        fields.put("size", chain.size());
        write(Kinds.CHECKPOINT, fields);
        try {
            segment.force();
        } catch (IOException e) {
            // What a failed fsync left on disk nobody knows.
            broken = true;
            throw failure("be brought to disk", e);
        }
        sealed = chain.size();
        sealedAt = settings.clock().instant();
        note = signed;
        anchored = Anchored.text(verifier, signed);
        settings.anchor().keep(anchored);
        afterSealing();
    }

    private void afterSealing() {
        try {
            Instant now = settings.clock().instant();
            if (published.isBefore(now.minusSeconds(PUBLISH_SECONDS))) {
                publish();
                published = now;
            }
            if (segment.octets() >= settings.segmentOctets()) {
                beginSegment();
            }
        } catch (IOException e) {
            throw failure("be written", e);
        }
    }

    private void beginSegment() throws IOException {
        long first = chain.size();
        OpenSegment next = OpenSegment.create(Segment.open(settings.folder(), first));
        segment.close();
        segment = next;
        writeHeader();
        packer.packAllBut(first, Duration.ZERO);
    }

    private void writeHeader() throws IOException {
        Map<String, Object> fields = new HashMap<>(settings.carry().get());
        fields.put("edge", chain.edge());
        append(Kinds.SEGMENT, fields);
        seal();
        Durable.names(settings.folder());
    }

    /// The checkpoint for witnesses.
    private void publish() throws IOException {
        Durable.write(settings.folder().resolve(LogSettings.CHECKPOINT_FILE), note);
        publishedNote = note;
        settings.anchor().keepPublished(sealed - 1);
    }

    private void publishVerifier() throws IOException {
        Path file = settings.folder().resolve(LogSettings.VERIFIER_FILE);
        Durable.write(file, verifier.text() + "\n");
    }

    /// What the newest checkpoint covers, and that checkpoint.
    public synchronized Head head() {
        return new Head(verifier, sealed, chain.root());
    }

    /// When this process last signed a checkpoint.
    public synchronized Optional<Instant> sealedAt() {
        return Optional.ofNullable(sealedAt);
    }

    /// What is wrong with the things beside the log's files, which this process wrote itself: what
    /// is kept apart, the checkpoint for witnesses, the lock. Reads and compares; by name.
    ///
    /// @throws IOException one of them cannot be read
    public synchronized Map<String, String> besides() throws IOException {
        Map<String, String> wrong = new HashMap<>();
        if (anchored != null && !settings.anchor().keeps(anchored)) {
            wrong.put("the store", "does not keep the newest checkpoint, which was put there");
        }
        Path file = settings.folder().resolve(LogSettings.CHECKPOINT_FILE);
        if (publishedNote != null && !holds(file, publishedNote)) {
            wrong.put(LogSettings.CHECKPOINT_FILE, "is not what was written there");
        }
        if (lock != null && !lock.isThere()) {
            wrong.put("the log's lock file", "is gone: another process could write the log");
        }
        return wrong;
    }

    private static boolean holds(Path file, String text) throws IOException {
        return Files.exists(file)
                && Arrays.equals(Files.readAllBytes(file), text.getBytes(StandardCharsets.UTF_8));
    }

    /// Records found after the last checkpoint when the log was opened: whoever wrote them crashed
    /// before they were sealed. They count.
    public long recovered() {
        return loose;
    }

    public Path folder() {
        return settings.folder();
    }

    private synchronized long segmentFirst() throws IOException {
        List<Segment> segments = Segment.list(settings.folder());
        return segments.getLast().first();
    }

    private void refuseUnlessOpen() {
        if (closed || broken) {
            throw new AuditFailure(
                    "the audit log in %s is %s"
                            .formatted(
                                    settings.folder(),
                                    closed ? "closed" : "broken since its disk failed"),
                    null);
        }
    }

    private AuditFailure failure(String what, IOException e) {
        return new AuditFailure(
                "the audit log in %s cannot %s: %s"
                        .formatted(settings.folder(), what, e.getMessage()),
                e);
    }

    /// Seals what is left. Closing again does nothing.
    @Override
    public void close() {
        packer.close();
        synchronized (this) {
            if (closed) {
                return;
            }
            try {
                if (!broken) {
                    seal();
                    publish();
                }
                segment.close();
                if (lock != null) {
                    lock.close();
                }
            } catch (IOException e) {
                throw failure("be closed", e);
            } finally {
                closed = true;
            }
        }
    }
}
