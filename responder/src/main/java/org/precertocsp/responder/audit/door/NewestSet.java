package org.precertocsp.responder.audit.door;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.audit.log.Kinds;
import org.precertocsp.responder.audit.log.Lines;
import org.precertocsp.responder.audit.log.Segment;
import org.precertocsp.responder.audit.record.Line;
import org.precertocsp.responder.io.DurableFile;
import org.precertocsp.responder.status.CommitMark;

/// The newest set of changes, remembered apart from store and audit log (invariant 10): where both
/// come back older, or empty, they agree with each other, and only a third place knows better. Not
/// thread-safe.
public final class NewestSet {
    private static final Pattern CONTENT =
            Pattern.compile("set (\\d{1,18}) mark ([0-9a-f]+) at (\\S+)\n");

    /// The newest set as it was remembered.
    ///
    /// @param at when it was
    public record Remembered(long set, String mark, Instant at) {
        private boolean isOf(Optional<CommitMark> newest) {
            return newest.map(CommitMark::value).map(Octets::toHex).equals(Optional.of(mark));
        }
    }

    private final Path file;
    private boolean isKept;
    private Optional<CommitMark> kept = Optional.empty();

    /// @param file in a folder that is neither the store's nor the audit log's
    public NewestSet(Path file) {
        this.file = file;
    }

    /// Remembers it; durable when it returns. Writes nothing if it is the one remembered last.
    ///
    /// @param newest in the store; empty if it has none
    /// @throws IOException the file cannot be written
    public void keep(Optional<CommitMark> newest, Instant at) throws IOException {
        if (isKept && newest.equals(kept)) {
            return;
        }
        if (newest.isPresent()) {
            CommitMark set = newest.get();
            DurableFile.write(
                    file,
                    "set %d mark %s at %s\n"
                            .formatted(set.set(), set.value().toHex(), at)
                            .getBytes(StandardCharsets.US_ASCII));
        } else {
            Files.deleteIfExists(file);
        }
        kept = newest;
        isKept = true;
    }

    /// Empty also if the file is damaged: then nobody knows better than store and log.
    ///
    /// @throws IOException the file cannot be read
    public Optional<Remembered> read() throws IOException {
        try {
            Matcher content =
                    CONTENT.matcher(
                            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            return content.matches()
                    ? Optional.of(
                            new Remembered(
                                    Long.parseLong(content.group(1)),
                                    content.group(2),
                                    Instant.parse(content.group(3))))
                    : Optional.empty();
        } catch (NoSuchFileException | DateTimeException _) {
            return Optional.empty();
        }
    }

    /// The set that was remembered and is now in neither store nor log; empty if one has it, or if
    /// the log was begun anew after that.
    ///
    /// @param events folder of the events' log
    /// @param newest as for [#keep]
    /// @throws IOException file or log cannot be read
    public Optional<Remembered> missing(Path events, Optional<CommitMark> newest)
            throws IOException {
        Optional<Remembered> remembered = read();
        return remembered.isEmpty()
                        || remembered.get().isOf(newest)
                        || isExplained(events, remembered.get())
                ? Optional.empty()
                : remembered;
    }

    private static boolean isExplained(Path events, Remembered one) throws IOException {
        List<Segment> segments = Segment.list(events);
        for (int i = 0; i < segments.size(); i++) {
            boolean isBefore = i + 1 < segments.size() && segments.get(i + 1).first() <= one.set();
            if (isBefore && i > 0) {
                continue;
            }
            try (Lines lines = new Lines(segments.get(i).read(), 0)) {
                for (Optional<byte[]> octets = lines.next();
                        octets.isPresent();
                        octets = lines.next()) {
                    Optional<Line> line = Line.read(octets.get());
                    if (line.isPresent() && explains(line.get(), one)) {
                        return true;
                    }
                    if (isBefore) {
                        break;
                    }
                }
            }
        }
        return false;
    }

    /// That set itself, or what tells that the log does not go back to it.
    private static boolean explains(Line line, Remembered one) {
        return line.tree().path("mark").asText().equals(one.mark())
                || (line.kind().equals(Kinds.BEGUN_ANEW)
                        && Instant.parse(line.tree().path("at").asText()).isAfter(one.at()));
    }
}
