package org.precertocsp.responder.audit;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.precertocsp.responder.io.DurableFile;

/// Verifies one log against itself, its signature and tree heads known from outside. The first call
/// reads all records; later calls read the records added since, and compare the files of the others
/// with their hashes. Not thread-safe; blocks on the disk.
public final class LogVerifier {
    private static final int NOTE_LINES = 5;

    private final Path folder;
    private final CheckpointVerifier verifier;
    private final boolean growing;
    private final LogScanner scan;
    private final List<LogProblem> problems = new ArrayList<>();
    private final SegmentHashes rechecks;
    private MessageDigest digest = SegmentHashes.sha256();
    private long segment = -1;
    private long offset;
    private boolean torn;
    private LogScanner events;

    /// @param growing true while a process writes the log: then its end need not be signed yet
    public LogVerifier(Path folder, CheckpointVerifier verifier, boolean growing) {
        this(
                folder,
                verifier,
                growing,
                new SegmentHashes(verifier.name(), Long.MAX_VALUE, SegmentHashes.Stamps.OF_INODES));
    }

    /// @param rechecks compares again the files that were read before
    LogVerifier(Path folder, CheckpointVerifier verifier, boolean growing, SegmentHashes rechecks) {
        this.folder = folder;
        this.verifier = verifier;
        this.growing = growing;
        this.scan = new LogScanner(verifier);
        this.events = scan;
        this.rechecks = rechecks;
    }

    /// Makes it no problem that this log was started anew, if the alert about it was acknowledged,
    /// which is recorded in the event log.
    ///
    /// @param other verifier of the event log, which must run before this one
    LogVerifier acknowledgedIn(LogVerifier other) {
        this.events = other.scan;
        return this;
    }

    /// As below, if nothing is known of the checkpoint for witnesses.
    public LogVerificationResult verify(List<KnownTreeHead> known, LongConsumer progress)
            throws IOException {
        return verify(known, 0, progress);
    }

    /// Verifies what has not been verified yet, and that the rest is unchanged.
    ///
    /// @param published minimum number of records in the checkpoint for witnesses
    /// @param progress receives the number of bytes of files as they are read
    /// @throws IOException a file cannot be read, which says nothing about the log
    public LogVerificationResult verify(
            List<KnownTreeHead> known, long published, LongConsumer progress) throws IOException {
        problems.clear();
        List<LogSegment> segments = LogSegment.list(folder);
        try {
            for (KnownTreeHead one : withPublished(known, published)) {
                scan.expect(one);
            }
            for (LogSegment next : segments) {
                if (next.first() >= segment) {
                    follow(next, progress);
                }
            }
            checkEnd(segments);
            checkBeginning();
            problems.addAll(rechecks.look(segments, scan::packed));
        } catch (BrokenLogException e) {
            String where = segment < 0 ? folder.toString() : name(segment);
            problems.add(new LogProblem(verifier.name(), where, e.what(), e.lost()));
        }
        checkVerifierFile();
        checkStrangers();
        scan.unacknowledged(events).forEach(what -> problem(LogProblem.BEGINNING, what, false));
        scan.timeFaults(events).forEach(what -> problem(LogProblem.CLOCK, what, false));
        return new LogVerificationResult(
                verifier.name(),
                scan.first(),
                scan.size(),
                scan.checkpoint(),
                problems,
                scan.remarks(events));
    }

    /// The published checkpoint must match the log, as must those of witnesses.
    private List<KnownTreeHead> withPublished(List<KnownTreeHead> known, long atLeast)
            throws IOException {
        List<KnownTreeHead> all = new ArrayList<>(known);
        String name = AuditLogConfig.CHECKPOINT_FILE;
        try {
            String note = text(folder.resolve(name));
            Optional<AuditCheckpoint> published =
                    note.lines().count() == NOTE_LINES
                            ? AuditCheckpoint.read(note, verifier)
                            : Optional.empty();
            if (published.isEmpty()) {
                problem(name, "is not signed by " + verifier.text(), false);
            }
            if (published.isPresent() && published.get().size() < atLeast) {
                problem(
                        name,
                        "is of %d records, and one of %d was written there: it was put back"
                                .formatted(published.get().size(), atLeast),
                        false);
            }
            published.ifPresent(
                    it -> all.add(new KnownTreeHead("the file " + name, it.size(), it.root())));
        } catch (NoSuchFileException _) {
            problem(name, "is gone", true);
        }
        return all;
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private void follow(LogSegment next, LongConsumer progress)
            throws IOException, BrokenLogException {
        if (next.first() != segment) {
            if (scan.size() > 0 && next.first() != scan.size()) {
                throw new BrokenLogException(
                        "after it comes %s, though record %d follows"
                                .formatted(next.file().getFileName(), scan.size()),
                        true);
            }
            segment = next.first();
            offset = 0;
            digest = SegmentHashes.sha256();
        }
        try (InputStream in = read(next);
                LogLineReader lines = new LogLineReader(in, offset)) {
            for (Optional<byte[]> line = lines.next(); line.isPresent(); line = lines.next()) {
                take(line.get());
                digest.update(line.get());
                digest.update((byte) '\n');
                progress.accept(lines.end() - offset);
                offset = lines.end();
            }
            torn = lines.torn();
            rechecks.followed(next, offset, soFar());
        } catch (ZipException | EOFException e) {
            throw new BrokenLogException("cannot be decompressed: " + e.getMessage(), false);
        }
    }

    private byte[] soFar() {
        try {
            return ((MessageDigest) digest.clone()).digest();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's digests can be cloned", e);
        }
    }

    private InputStream read(LogSegment next) throws IOException, BrokenLogException {
        InputStream in = opened(next);
        try {
            in.skipNBytes(offset);
            return in;
        } catch (EOFException e) {
            in.close();
            throw new BrokenLogException("is shorter than it was", true);
        }
    }

    /// Tries again, since the file may just have been compressed.
    private InputStream opened(LogSegment next) throws IOException {
        try {
            return next.read();
        } catch (NoSuchFileException _) {
            return next.whenPacked().read();
        }
    }

    private void take(byte[] bytes) throws BrokenLogException {
        AuditRecord line =
                AuditRecord.read(bytes)
                        .orElseThrow(
                                () ->
                                        new BrokenLogException(
                                                "record %d is not a record any more"
                                                        .formatted(scan.size()),
                                                false));
        if (scan.size() == 0 && line.number() != segment) {
            throw new BrokenLogException("begins with record " + line.number(), false);
        }
        scan.take(line);
    }

    private void checkEnd(List<LogSegment> segments) throws BrokenLogException {
        for (KnownTreeHead known : scan.missing()) {
            throw new BrokenLogException(
                    "ends after %d records, though %s knows of %d: the end was cut off, or all was"
                                    .formatted(scan.size(), known.whose(), known.size())
                            + " put back to an earlier state",
                    true);
        }
        if (growing) {
            return;
        }
        if (torn) {
            throw new BrokenLogException(
                    "ends within a record: cut off, or its writer crashed", true);
        }
        if (!segments.isEmpty() && segments.getLast().packed()) {
            throw new BrokenLogException("the file after it is gone", true);
        }
        Optional<String> wrong = scan.end();
        if (wrong.isPresent()) {
            throw new BrokenLogException(wrong.get(), true);
        }
    }

    private void checkBeginning() throws BrokenLogException {
        if (scan.first() > 0 && !scan.prunedBefore(scan.first())) {
            throw new BrokenLogException(
                    "the log begins with record %d, and that those before it were pruned is not"
                                    .formatted(scan.first())
                            + " recorded: they are missing",
                    true);
        }
    }

    private void checkVerifierFile() throws IOException {
        String name = AuditLogConfig.VERIFIER_FILE;
        try {
            if (!text(folder.resolve(name)).equals(verifier.text() + "\n")) {
                problem(name, "is not the key of this log, " + verifier.text(), false);
            }
        } catch (NoSuchFileException _) {
            problem(name, "is gone", true);
        }
    }

    private void checkStrangers() throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(file -> !isOurs(file))
                    .forEach(
                            file ->
                                    problem(
                                            String.valueOf(file.getFileName()),
                                            "does not belong to the log",
                                            false));
        }
    }

    private static boolean isOurs(Path file) {
        String name = String.valueOf(file.getFileName());
        return LogSegment.named(file).isPresent()
                || name.equals(AuditLogConfig.CHECKPOINT_FILE)
                || name.equals(AuditLogConfig.VERIFIER_FILE)
                || name.endsWith(DurableFile.TEMPORARY_SUFFIX);
    }

    private void problem(String where, String what, boolean lost) {
        problems.add(new LogProblem(verifier.name(), where, what, lost));
    }

    private static String name(long segment) {
        return "%016d.jsonl".formatted(segment);
    }
}
