package org.precertocsp.responder.audit.keep;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.responder.audit.log.AuditLog;
import org.precertocsp.responder.audit.log.Kinds;
import org.precertocsp.responder.audit.log.Lines;
import org.precertocsp.responder.audit.log.Segment;
import org.precertocsp.responder.audit.record.Line;

/// Removes the oldest files of logs, as far as no rule keeps a record in them. Needs the logs for
/// itself: nobody else may write them meanwhile.
public final class Pruning implements AutoCloseable {
    /// What came of it for one log.
    ///
    /// @param folder of the log
    /// @param removed names of files, or of those that would be
    /// @param hold why nothing of the log was removed, or empty
    public record Outcome(String folder, List<String> removed, Optional<Hold> hold) {
        public Outcome {
            removed = List.copyOf(removed);
        }
    }

    private final List<AuditLog> logs;
    private final Retention retention;
    private final Runnable close;

    /// @param close lets go of logs and store
    public Pruning(List<AuditLog> logs, Retention retention, Runnable close) {
        this.logs = List.copyOf(logs);
        this.retention = retention;
        this.close = close;
    }

    /// Removes the files all of whose records are older than that. Nothing of a log goes if
    /// anything asked for must stay.
    ///
    /// @param really false to see what would go
    /// @throws IOException a file cannot be read or removed
    public List<Outcome> prune(Instant before, boolean really) throws IOException {
        List<Outcome> outcomes = new ArrayList<>();
        for (AuditLog log : logs) {
            outcomes.add(prune(log, before, really));
        }
        return outcomes;
    }

    private Outcome prune(AuditLog log, Instant before, boolean really) throws IOException {
        List<Segment> old = new ArrayList<>();
        Instant newest = Instant.MIN;
        List<Segment> segments = Segment.list(log.folder());
        // The file being written never goes.
        for (Segment segment : segments.subList(0, segments.size() - 1)) {
            Judged judged = judge(segment, before);
            if (!judged.older()) {
                break;
            }
            if (judged.hold().isPresent()) {
                return new Outcome(log.folder().toString(), List.of(), judged.hold());
            }
            old.add(segment);
            newest = judged.newest();
        }
        if (really && !old.isEmpty()) {
            remove(log, newest, old, segments.get(old.size()).first());
        }
        List<String> names =
                old.stream().map(it -> String.valueOf(it.file().getFileName())).toList();
        return new Outcome(log.folder().toString(), names, Optional.empty());
    }

    /// @param newest when the last of the records was written
    private record Judged(boolean older, Instant newest, Optional<Hold> hold) {}

    private Judged judge(Segment segment, Instant before) throws IOException {
        Optional<Hold> first = Optional.empty();
        Instant newest = Instant.MIN;
        try (Lines lines = new Lines(segment.read(), 0)) {
            for (Optional<byte[]> octets = lines.next();
                    octets.isPresent();
                    octets = lines.next()) {
                Line line =
                        Line.read(octets.get())
                                .orElseThrow(
                                        () ->
                                                new IOException(
                                                        segment.file()
                                                                + " is damaged: see audit verify"));
                if (line.kind().equals(Kinds.CHECKPOINT)) {
                    continue;
                }
                newest = Instant.parse(line.tree().path("at").asText());
                if (!newest.isBefore(before)) {
                    return new Judged(false, newest, Optional.empty());
                }
                if (first.isEmpty()) {
                    first = retention.hold(line);
                }
            }
        }
        return new Judged(true, newest, first);
    }

    /// Recorded first, so that a missing beginning is never unexplained.
    private static void remove(AuditLog log, Instant newest, List<Segment> old, long first)
            throws IOException {
        log.append(
                Kinds.PRUNED,
                Map.of(
                        "before",
                        first,
                        "newest",
                        newest.toString(),
                        "who",
                        "precert-ocsp audit prune"));
        log.seal();
        for (Segment segment : old) {
            Files.delete(segment.file());
        }
    }

    @Override
    public void close() {
        close.run();
    }
}
