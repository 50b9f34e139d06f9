package org.precertocsp.responder.audit;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.io.DurableFile;
import org.precertocsp.responder.io.ProcessLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes one log. Thread-safe; one process at a time.
///
/// Records are appended without waiting, then sealed: a checkpoint follows them, and everything is
/// on disk when [#seal] returns. So a log that is closed or idle ends with its own signature, and
/// every changed byte is detected.
///
/// A disk failure raises the alert AUDIT_FAILED at once; the next seal ends it. After a failed
/// write nothing but that record is lost, and its caller receives an exception. After a failed sync
/// the content of the disk is unknown, so the log rejects records until [#repair] has read back
/// what was sealed, truncated the rest, and started another file. Records that were appended and
/// never sealed are withdrawn then, and [#withdrawals] lets their callers detect this.
public final class AuditLog implements AutoCloseable {
    private static final long PUBLISH_SECONDS = 60;
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

    /// The reaction to a log that was modified or damaged.
    public enum OnDamage {
        /// Move it aside, raise an alert and start a new one: a server must not stop answering
        /// because of its log.
        BEGIN_ANEW,
        /// Change nothing and fail: a command has no way to raise an alert.
        REFUSE
    }

    private final AuditLogConfig settings;
    private final CheckpointVerifier verifier;
    private final SegmentCompressor compressor;
    private RecordChain chain;
    private RecordChain sealedChain;
    private SegmentWriter segment;
    private long sealed;
    private @Nullable Instant sealedAt;
    private Instant published = Instant.MIN;
    private final WitnessFiles witnessFiles;
    private @Nullable String anchored;
    private String note;
    private final long loose;
    private boolean broken;
    private boolean closed;
    private final AtomicLong withdrawals = new AtomicLong();
    private volatile @Nullable String problem;
    private @Nullable String anchorProblem;
    private boolean begunAnew;
    private @Nullable ProcessLock lock;

    private AuditLog(
            AuditLogConfig settings,
            RecordChain chain,
            SegmentWriter segment,
            long loose,
            String note,
            OnDamage onDamage) {
        this.settings = settings;
        this.verifier = settings.key().verifier(settings.origin());
        this.witnessFiles = new WitnessFiles(settings, verifier, onDamage, chain.size() == 0);
        this.chain = chain;
        this.sealedChain = chain.copy();
        this.segment = segment;
        this.sealed = chain.size() - loose;
        this.loose = loose;
        this.note = note;
        this.compressor = new SegmentCompressor(this, settings);
    }

    /// Continues the existing log, or creates one. A log that was modified or damaged is moved
    /// aside and reported, and a new one is started: a responder must not stop answering because of
    /// its log.
    ///
    /// @param replay receives every record of the newest file
    /// @throws AuditException the folder cannot be read or written, or another process writes it;
    ///   with [OnDamage#REFUSE] also if the log was modified or damaged
    public static AuditLog open(
            AuditLogConfig settings, Consumer<AuditRecord> replay, OnDamage onDamage) {
        if (onDamage == OnDamage.REFUSE
                && !Files.isDirectory(settings.folder())
                && settings.anchor().kept().isPresent()) {
            throw new AuditException(
                    "the audit log in %s is gone, and the store knows of it. Nothing was changed. Put"
                                    .formatted(settings.folder())
                            + " it back from a backup, or start the server, which begins another"
                            + " and raises an alert",
                    null);
        }
        try {
            DurableFile.createDirectory(settings.folder());
            ProcessLock lock = LogWriterLock.take(settings.folder());
            try {
                AuditLog log = new LogOpener(settings, replay, onDamage).log();
                log.lock = lock;
                log.witnessFiles.verifier();
                log.compressor.packAllBut(log.segmentFirst(), settings.packAfter());
                return log;
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new AuditException(
                    "the audit log in %s cannot be written: %s"
                            .formatted(settings.folder(), e.getMessage()),
                    e);
        }
    }

    static AuditLog begun(AuditLogConfig settings, OnDamage onDamage) throws IOException {
        Path file = LogSegment.open(settings.folder(), 0);
        SegmentWriter segment = SegmentWriter.create(file, settings.disk());
        AuditLog log = new AuditLog(settings, RecordChain.empty(), segment, 0, "", onDamage);
        log.begin();
        return log;
    }

    private void begin() throws IOException {
        writeHeader(segment);
        DurableFile.syncDirectory(settings.folder());
        seal();
    }

    static AuditLog resumed(AuditLogConfig settings, LogRecovery.Found found, OnDamage onDamage)
            throws IOException {
        SegmentWriter segment =
                SegmentWriter.resume(found.segment().file(), found.bytes(), settings.disk());
        AuditLog log =
                new AuditLog(
                        settings, found.chain(), segment, found.loose(), found.note(), onDamage);
        if (found.chain().size() == 0) {
            log.begin();
        } else {
            // A process that was killed may have left it in the system's cache.
            segment.force();
            if (found.loose() > 0) {
                log.seal();
            }
        }
        return log;
    }

    /// Writes a record; it is durable after the next [#seal].
    ///
    /// @param fields as [CanonicalJson#object]; `at`, `kind`, `n` and `previous` are added
    /// @return its number
    /// @throws AuditException nothing was recorded
    public synchronized long append(String kind, Map<String, ?> fields) {
        refuseUnlessOpen();
        long number = chain.size();
        try {
            write(segment, kind, timed(fields));
        } catch (IOException e) {
            broken = segment.isTorn();
            throw failed("be written", e);
        }
        return number;
    }

    private Map<String, Object> timed(Map<String, ?> fields) {
        Map<String, Object> all = new HashMap<>(fields);
        all.put("at", settings.clock().instant().truncatedTo(ChronoUnit.MILLIS).toString());
        return all;
    }

    private void write(SegmentWriter to, String kind, Map<String, Object> fields)
            throws IOException {
        fields.put("kind", kind);
        fields.put("n", chain.size());
        fields.put("previous", chain.last());
        byte[] line = CanonicalJson.object(fields);
        to.append(line);
        chain.add(line);
    }

    /// Returns once all records are on disk under a signed checkpoint.
    ///
    /// @throws AuditException the records may be durable or not; after a failed sync nothing more
    ///   is recorded before [#repair]
    public synchronized void seal() {
        refuseUnlessOpen();
        if (chain.size() == sealed) {
            return;
        }
        String signed =
                new AuditCheckpoint(settings.origin(), chain.size(), chain.root())
                        .signedBy(settings.key());
        Map<String, Object> fields = new HashMap<>();
        fields.put("note", signed);
        fields.put("size", chain.size());
        try {
            write(segment, RecordKind.CHECKPOINT, fields);
        } catch (IOException e) {
            broken = segment.isTorn();
            throw failed("be written", e);
        }
        try {
            segment.force();
        } catch (IOException e) {
            // After a failed fsync the content of the disk is unknown.
            broken = true;
            throw failed("be brought to disk", e);
        }
        sealed = chain.size();
        sealedChain = chain.copy();
        sealedAt = settings.clock().instant();
        note = signed;
        anchor(StoredCheckpoint.text(verifier, signed));
        afterSealing();
    }

    /// Records and seals all of these or none of them.
    ///
    /// @throws AuditException none is recorded, and none will be unless given again; only if the
    ///   process dies before the next [#repair] or record may they be found in the log
    public synchronized void record(String kind, List<? extends Map<String, ?>> records) {
        refuseUnlessOpen();
        RecordChain before = chain.copy();
        long bytes = segment.bytes();
        boolean done = false;
        try {
            for (Map<String, ?> fields : records) {
                append(kind, fields);
            }
            seal();
            done = true;
        } finally {
            if (!done && !broken) {
                takeBack(before, bytes);
            }
        }
    }

    private void takeBack(RecordChain before, long bytes) {
        try {
            segment.cutTo(bytes);
            chain = before;
        } catch (IOException e) {
            broken = true;
            AuditException _ = failed("be cut back", e);
        }
    }

    /// As [#seal], for records appended since.
    ///
    /// @param since [#withdrawals] before the first of them
    /// @throws AuditException also if some of them were withdrawn meanwhile
    public void seal(long since) {
        seal();
        if (withdrawals.get() != since) {
            throw new AuditException(
                    "the audit log in %s was repaired meanwhile, and what was being recorded was taken"
                                    .formatted(settings.folder())
                            + " back: try again",
                    null);
        }
    }

    /// A sealed record is recorded, whether or not the checkpoint can be stored elsewhere: a caller
    /// that took this failure for one of the log would record the same again.
    private void anchor(String text) {
        try {
            settings.anchor().keep(text);
            anchored = text;
            anchorWorks();
        } catch (RuntimeException e) {
            anchorFailed(e);
        }
    }

    private void anchorFailed(RuntimeException e) {
        LOG.error("the newest checkpoint of {} could not be kept apart", settings.origin(), e);
        String what =
                "The store does not keep the newest checkpoint of the audit log %s: %s. Until it does,"
                                .formatted(settings.origin(), e.getMessage())
                        + " a log put back to an earlier state would not be noticed; the alert ends"
                        + " when it does.";
        anchorProblem = what;
        settings.alarm().raise(new Incident(Incident.Kind.AUDIT_FAILED, anchorAbout(), what));
    }

    private void anchorWorks() {
        if (anchorProblem != null) {
            anchorProblem = null;
            settings.alarm().end(Incident.Kind.AUDIT_FAILED, anchorAbout());
        }
    }

    private String anchorAbout() {
        return settings.origin() + " checkpoint";
    }

    /// Failures here are logged and retried after the next seal; the sealed records are not
    /// affected.
    private void afterSealing() {
        try {
            Instant now = settings.clock().instant();
            if (published.isBefore(now.minusSeconds(PUBLISH_SECONDS))) {
                publish();
                published = now;
            }
            if (segment.bytes() >= settings.segmentBytes()) {
                beginSegment();
            }
            works();
        } catch (IOException e) {
            AuditException _ = failed("be written", e);
        } catch (AuditException _) {
            // A failure of the next file's first record, and already reported.
        }
    }

    /// Continues in a new file once its header record is written.
    private void beginSegment() throws IOException {
        SegmentWriter before = segment;
        segment = nextSegment();
        closeQuietly(before);
        seal();
        compressor.packAllBut(segmentFirst(), Duration.ZERO);
    }

    private SegmentWriter nextSegment() throws IOException {
        Path file = LogSegment.open(settings.folder(), chain.size());
        // Left by an earlier attempt: nothing in it was ever sealed.
        Files.deleteIfExists(file);
        SegmentWriter next = SegmentWriter.create(file, settings.disk());
        try {
            DurableFile.syncDirectory(settings.folder());
            writeHeader(next);
            return next;
        } catch (IOException e) {
            closeQuietly(next);
            Files.delete(file);
            throw e;
        }
    }

    private static void closeQuietly(SegmentWriter segment) {
        try {
            segment.close();
        } catch (IOException e) {
            LOG.warn("{} could not be closed: {}", segment.path(), e.toString());
        }
    }

    private void writeHeader(SegmentWriter to) throws IOException {
        Map<String, Object> fields = timed(settings.carry().get());
        fields.put("edge", chain.edge());
        write(to, RecordKind.SEGMENT, fields);
    }

    /// The reason why the log cannot be written, or empty. Never blocks.
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /// How often appended records that were not sealed have been withdrawn. A caller that appended
    /// a record before this number changed, and has not seen it sealed since, must append it again.
    public long withdrawals() {
        return withdrawals.get();
    }

    /// Tries to continue after a disk failure: reads back what was sealed, withdraws the rest,
    /// starts another file and records that. If nothing failed, or the log is closed, it does
    /// nothing. Blocks on the disk.
    public synchronized void repair() {
        if (closed || (!broken && problem == null)) {
            return;
        }
        String why = Objects.requireNonNullElse(problem, "its disk failed");
        try {
            long withdrawn = broken ? cutToSealed() : 0;
            if (withdrawn > 0 || chain.size() - sealed <= 1) {
                write(
                        segment,
                        RecordKind.REPAIRED,
                        timed(Map.of("why", why, "withdrawn", withdrawn)));
            }
            seal();
            LOG.info("the audit log in {} is written again", settings.folder());
        } catch (IOException | AuditException e) {
            // Reported when it failed first; retried later.
            LOG.warn(
                    "the audit log in {} cannot be repaired yet: {}",
                    settings.folder(),
                    e.toString());
        }
    }

    /// @return number of withdrawn records
    private long cutToSealed() throws IOException {
        closeQuietly(segment);
        if (segment.synced() > 0) {
            segment.cutToSynced();
            verifySealed();
        } else {
            // Its first record was never sealed; the previous file ends where the log does.
            Files.deleteIfExists(segment.path());
        }
        long withdrawn = chain.size() - sealed;
        chain = sealedChain.copy();
        withdrawals.incrementAndGet();
        segment = nextSegment();
        broken = false;
        compressor.packAllBut(segmentFirst(), Duration.ZERO);
        return withdrawn;
    }

    /// Reads the file and verifies its records up to the last seal.
    private void verifySealed() throws IOException {
        try (LogLineReader lines = new LogLineReader(Files.newInputStream(segment.path()), 0)) {
            @Nullable RecordChain read = null;
            for (Optional<byte[]> bytes = lines.next(); bytes.isPresent(); bytes = lines.next()) {
                AuditRecord line =
                        AuditRecord.read(bytes.get())
                                .orElseThrow(() -> new IOException("a line is not a record"));
                if (read == null) {
                    read =
                            RecordChain.before(line)
                                    .orElseThrow(() -> new IOException("no beginning"));
                }
                Optional<String> wrong = read.follow(line);
                if (wrong.isPresent()) {
                    throw new IOException(wrong.get());
                }
            }
            if (read == null || read.size() != sealed || !read.root().equals(sealedChain.root())) {
                throw new IOException(
                        "%s does not hold the %d records that were sealed: restart the server, which"
                                        .formatted(segment.path(), sealed)
                                + " puts it aside, and compare with your backup");
            }
        }
    }

    private void works() {
        if (problem != null) {
            problem = null;
            settings.alarm().end(Incident.Kind.AUDIT_FAILED, settings.origin());
        }
    }

    /// Writes the checkpoint for witnesses.
    private void publish() throws IOException {
        witnessFiles.checkpoint(note);
        try {
            settings.anchor().keepPublished(sealed - 1);
        } catch (RuntimeException e) {
            anchorFailed(e);
        }
    }

    /// A copy of the log's files at one moment, which ends with a checkpoint.
    ///
    /// @param records in it
    /// @param newest name of the file that the log continues to write
    /// @param bytes number of bytes of it that belong to the copy; more may follow them, as it may
    ///   be the same file under two names
    public record Copy(long records, String newest, long bytes) {}

    /// Copies the log's files into a new directory, as hard links where the file system has them.
    /// Records wait meanwhile.
    ///
    /// @throws IOException they cannot be copied
    /// @throws AuditException the newest records cannot be brought to disk
    public synchronized Copy copyFiles(Path target) throws IOException {
        seal();
        if (chain.size() != sealed) {
            throw new AuditException("the audit log cannot be written: " + problem, null);
        }
        DurableFile.createDirectory(target);
        for (LogSegment file : LogSegment.list(settings.folder())) {
            try {
                link(file.file(), target);
            } catch (NoSuchFileException _) {
                // Its compressed form was recorded, and the original deleted at this moment.
                link(file.whenPacked().file(), target);
            }
        }
        for (String name : List.of(AuditLogConfig.CHECKPOINT_FILE, AuditLogConfig.VERIFIER_FILE)) {
            link(settings.folder().resolve(name), target);
        }
        return new Copy(sealed, String.valueOf(segment.path().getFileName()), segment.bytes());
    }

    private static void link(Path file, Path target) throws IOException {
        Path link = target.resolve(String.valueOf(file.getFileName()));
        try {
            Files.createLink(link, file);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException _) {
            // A file system without hard links.
            Files.copy(file, link);
        }
    }

    /// The newest checkpoint and the records it covers.
    public synchronized AuditTreeHead head() {
        return new AuditTreeHead(verifier, sealed, sealedChain.root());
    }

    /// When this process last signed a checkpoint.
    public synchronized Optional<Instant> sealedAt() {
        return Optional.ofNullable(sealedAt);
    }

    /// Problems of the files beside the log, which this process wrote itself, by name: the stored
    /// checkpoint, the checkpoint for witnesses, the lock. Reads and compares.
    ///
    /// @throws IOException one of them cannot be read
    public synchronized Map<String, String> besides() throws IOException {
        Map<String, String> wrong = new HashMap<>();
        if (anchored != null && !settings.anchor().keeps(anchored)) {
            wrong.put("the store", "does not keep the newest checkpoint, which was put there");
        }
        witnessFiles
                .wrongCheckpoint()
                .ifPresent(what -> wrong.put(AuditLogConfig.CHECKPOINT_FILE, what));
        if (lock != null && !lock.isThere()) {
            wrong.put("the log's lock file", "is gone: another process could write the log");
        }
        return wrong;
    }

    /// Number of records found after the last checkpoint when the log was opened: their process
    /// crashed before they were sealed. They are valid.
    public long recovered() {
        return loose;
    }

    /// Whether [#open] moved an existing log aside and started this one.
    public boolean begunAnew() {
        return begunAnew;
    }

    void markBegunAnew() {
        begunAnew = true;
    }

    public Path folder() {
        return settings.folder();
    }

    private synchronized long segmentFirst() throws IOException {
        List<LogSegment> segments = LogSegment.list(settings.folder());
        return segments.getLast().first();
    }

    private void refuseUnlessOpen() {
        if (closed || broken) {
            throw new AuditException(
                    "the audit log in %s is %s"
                            .formatted(
                                    settings.folder(),
                                    closed ? "closed" : "broken since its disk failed: " + problem),
                    null);
        }
    }

    private AuditException failed(String cannot, IOException e) {
        AuditException failure =
                new AuditException(
                        "the audit log in %s cannot %s: %s"
                                .formatted(settings.folder(), cannot, e.getMessage()),
                        e);
        if (problem == null) {
            LOG.error("{}", failure.getMessage(), e);
        }
        problem = failure.getMessage();
        settings.alarm()
                .raise(
                        new Incident(
                                Incident.Kind.AUDIT_FAILED,
                                settings.origin(),
                                failure.getMessage()
                                        + ". Nothing takes effect that cannot be recorded: changes"
                                        + " or signatures are rejected. See to the disk; the log is"
                                        + " tried again by itself, and the alert ends when it is"
                                        + " written."));
        return failure;
    }

    /// Seals the remaining records, and releases file and lock even if that fails. Closing again
    /// does nothing.
    ///
    /// @throws AuditException the remaining records could not be sealed
    @Override
    public void close() {
        compressor.close();
        synchronized (this) {
            if (closed) {
                return;
            }
            try {
                if (!broken) {
                    seal();
                    publish();
                }
            } catch (IOException e) {
                throw failed("be closed", e);
            } finally {
                closed = true;
                closeQuietly(segment);
                releaseLock();
            }
        }
    }

    private void releaseLock() {
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            LOG.warn("the lock of {} could not be released: {}", settings.folder(), e.toString());
        }
    }
}
