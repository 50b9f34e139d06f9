package org.precertocsp.responder.audit.verify;

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
import org.precertocsp.responder.audit.log.Lines;
import org.precertocsp.responder.audit.log.LogSettings;
import org.precertocsp.responder.audit.log.Segment;
import org.precertocsp.responder.audit.record.Line;
import org.precertocsp.responder.audit.seal.Checkpoint;
import org.precertocsp.responder.audit.seal.Verifier;
import org.precertocsp.responder.io.DurableFile;

/// Checks one log against itself, its signature and whatever is known of it elsewhere. Follows all
/// records when first asked; later those that have been added, and compares the files of the others
/// with what they were. Not thread-safe; blocks on the disk.
public final class LogVerifier {
    private static final int NOTE_LINES = 5;

    private final Path folder;
    private final Verifier verifier;
    private final boolean growing;
    private final Walk walk;
    private final List<Problem> problems = new ArrayList<>();
    private final Rechecks rechecks;
    private MessageDigest digest = Rechecks.sha256();
    private long segment = -1;
    private long offset;
    private boolean torn;
    private Walk events;

    /// @param growing true while a process writes the log: then its end need not be signed yet
    public LogVerifier(Path folder, Verifier verifier, boolean growing) {
        this(
                folder,
                verifier,
                growing,
                new Rechecks(verifier.name(), Long.MAX_VALUE, Rechecks.Stamps.OF_INODES));
    }

    /// @param rechecks how much of what was followed is compared again
    LogVerifier(Path folder, Verifier verifier, boolean growing, Rechecks rechecks) {
        this.folder = folder;
        this.verifier = verifier;
        this.growing = growing;
        this.walk = new Walk(verifier);
        this.events = walk;
        this.rechecks = rechecks;
    }

    /// That this log was begun anew is no problem once the alert about it was acknowledged, which
    /// is recorded in the events' log.
    ///
    /// @param other of the events' log, asked to verify before this one
    LogVerifier acknowledgedIn(LogVerifier other) {
        this.events = other.walk;
        return this;
    }

    /// As below, where nothing is known of the checkpoint for witnesses.
    public Verdict verify(List<Known> known, LongConsumer progress) throws IOException {
        return verify(known, 0, progress);
    }

    /// Checks what has not been checked yet, and that the rest is as it was.
    ///
    /// @param published how many records the checkpoint for witnesses has at least
    /// @param progress told of bytes of files as they are read
    /// @throws IOException a file cannot be read, which says nothing about the log
    public Verdict verify(List<Known> known, long published, LongConsumer progress)
            throws IOException {
        problems.clear();
        List<Segment> segments = Segment.list(folder);
        try {
            for (Known one : withPublished(known, published)) {
                walk.expect(one);
            }
            for (Segment next : segments) {
                if (next.first() >= segment) {
                    follow(next, progress);
                }
            }
            checkEnd(segments);
            checkBeginning();
            problems.addAll(rechecks.look(segments, walk::packed));
        } catch (Broken e) {
            String where = segment < 0 ? folder.toString() : name(segment);
            problems.add(new Problem(verifier.name(), where, e.what(), e.lost()));
        }
        checkVerifierFile();
        checkStrangers();
        walk.unacknowledged(events).forEach(what -> problem(Problem.BEGINNING, what, false));
        walk.timeFaults(events).forEach(what -> problem(Problem.CLOCK, what, false));
        return new Verdict(
                verifier.name(),
                walk.first(),
                walk.size(),
                walk.checkpoint(),
                problems,
                walk.remarks(events));
    }

    /// The checkpoint laid out for witnesses binds the log as theirs does.
    private List<Known> withPublished(List<Known> known, long atLeast) throws IOException {
        List<Known> all = new ArrayList<>(known);
        String name = LogSettings.CHECKPOINT_FILE;
        try {
            String note = text(folder.resolve(name));
            Optional<Checkpoint> published =
                    note.lines().count() == NOTE_LINES
                            ? Checkpoint.read(note, verifier)
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
            published.ifPresent(it -> all.add(new Known("the file " + name, it.size(), it.root())));
        } catch (NoSuchFileException _) {
            problem(name, "is gone", true);
        }
        return all;
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private void follow(Segment next, LongConsumer progress) throws IOException, Broken {
        if (next.first() != segment) {
            if (walk.size() > 0 && next.first() != walk.size()) {
                throw new Broken(
                        "after it comes %s, though record %d follows"
                                .formatted(next.file().getFileName(), walk.size()),
                        true);
            }
            segment = next.first();
            offset = 0;
            digest = Rechecks.sha256();
        }
        try (InputStream in = read(next);
                Lines lines = new Lines(in, offset)) {
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
            throw new Broken("cannot be decompressed: " + e.getMessage(), false);
        }
    }

    private byte[] soFar() {
        try {
            return ((MessageDigest) digest.clone()).digest();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's digests can be cloned", e);
        }
    }

    private InputStream read(Segment next) throws IOException, Broken {
        InputStream in = opened(next);
        try {
            in.skipNBytes(offset);
            return in;
        } catch (EOFException e) {
            in.close();
            throw new Broken("is shorter than it was", true);
        }
    }

    /// It may just have been compressed.
    private InputStream opened(Segment next) throws IOException {
        try {
            return next.read();
        } catch (NoSuchFileException _) {
            return next.whenPacked().read();
        }
    }

    private void take(byte[] octets) throws Broken {
        Line line =
                Line.read(octets)
                        .orElseThrow(
                                () ->
                                        new Broken(
                                                "record %d is no record any more"
                                                        .formatted(walk.size()),
                                                false));
        if (walk.size() == 0 && line.number() != segment) {
            throw new Broken("begins with record " + line.number(), false);
        }
        walk.take(line);
    }

    private void checkEnd(List<Segment> segments) throws Broken {
        for (Known known : walk.missing()) {
            throw new Broken(
                    "ends after %d records, though %s knows of %d: the end was cut off, or all was"
                                    .formatted(walk.size(), known.whose(), known.size())
                            + " put back to an earlier state",
                    true);
        }
        if (growing) {
            return;
        }
        if (torn) {
            throw new Broken("ends within a record: cut off, or its writer crashed", true);
        }
        if (!segments.isEmpty() && segments.getLast().packed()) {
            throw new Broken("the file after it is gone", true);
        }
        Optional<String> wrong = walk.end();
        if (wrong.isPresent()) {
            throw new Broken(wrong.get(), true);
        }
    }

    private void checkBeginning() throws Broken {
        if (walk.first() > 0 && !walk.prunedBefore(walk.first())) {
            throw new Broken(
                    "the log begins with record %d, and that those before it were pruned is not"
                                    .formatted(walk.first())
                            + " recorded: they are missing",
                    true);
        }
    }

    private void checkVerifierFile() throws IOException {
        String name = LogSettings.VERIFIER_FILE;
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
        return Segment.named(file).isPresent()
                || name.equals(LogSettings.CHECKPOINT_FILE)
                || name.equals(LogSettings.VERIFIER_FILE)
                || name.endsWith(DurableFile.TEMPORARY_SUFFIX);
    }

    private void problem(String where, String what, boolean lost) {
        problems.add(new Problem(verifier.name(), where, what, lost));
    }

    private static String name(long segment) {
        return "%016d.jsonl".formatted(segment);
    }
}
