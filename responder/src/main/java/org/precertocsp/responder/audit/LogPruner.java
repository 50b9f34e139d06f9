package org.precertocsp.responder.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Deletes the oldest files of logs, if no rule requires a record in them. Needs exclusive access
/// to the logs: no other process may write them meanwhile.
public final class LogPruner implements AutoCloseable {
    private static final Duration SILENCE = Duration.ofDays(183);

    /// The result for one log.
    ///
    /// @param folder of the log
    /// @param removed names of the files that were, or would be, deleted
    /// @param hold why nothing of the log was deleted, or empty
    public record Outcome(String folder, List<String> removed, Optional<RetentionHold> hold) {
        public Outcome {
            removed = List.copyOf(removed);
        }
    }

    /// A log whose files may be deleted.
    ///
    /// @param writer empty for a preview
    private record Log(Path folder, Optional<AuditLog> writer) {}

    private final List<Log> logs;
    private final RetentionPolicy retention;
    private final Runnable close;

    /// @param close releases logs and store
    public LogPruner(List<AuditLog> logs, RetentionPolicy retention, Runnable close) {
        this(
                retention,
                close,
                logs.stream().map(it -> new Log(it.folder(), Optional.of(it))).toList());
    }

    private LogPruner(RetentionPolicy retention, Runnable close, List<Log> logs) {
        this.logs = logs;
        this.retention = retention;
        this.close = close;
    }

    /// A preview of the files that would be deleted; other processes may write the logs, and no
    /// file is changed.
    ///
    /// @param folders directories of the logs
    /// @param close releases the store
    public static LogPruner preview(List<Path> folders, RetentionPolicy retention, Runnable close) {
        return new LogPruner(
                retention,
                close,
                folders.stream().map(it -> new Log(it, Optional.empty())).toList());
    }

    /// When the newest record was written; empty if there is none. Reads the newest file of each
    /// log. Records after a gap of more than half a year do not count: a clock that was set years
    /// ahead may have written them.
    ///
    /// @param folders directories of the logs
    /// @throws IOException a file cannot be read
    public static Optional<Instant> newestRecord(List<Path> folders) throws IOException {
        Instant newest = Instant.MIN;
        for (Path folder : folders) {
            List<LogSegment> segments =
                    Files.isDirectory(folder) ? LogSegment.list(folder) : List.of();
            if (!segments.isEmpty()) {
                Instant here = newest(segments.getLast());
                newest = here.isAfter(newest) ? here : newest;
            }
        }
        return newest.equals(Instant.MIN) ? Optional.empty() : Optional.of(newest);
    }

    private static Instant newest(LogSegment segment) throws IOException {
        Instant newest = Instant.MIN;
        try (LogLineReader lines = new LogLineReader(segment.read(), 0)) {
            for (Optional<byte[]> bytes = lines.next(); bytes.isPresent(); bytes = lines.next()) {
                String at = AuditRecord.read(bytes.get()).map(AuditRecord::at).orElse("");
                Instant time = at.isEmpty() ? newest : Instant.parse(at);
                if (!newest.equals(Instant.MIN) && newest.plus(SILENCE).isBefore(time)) {
                    break;
                }
                newest = time.isAfter(newest) ? time : newest;
            }
        } catch (DateTimeParseException e) {
            throw new IOException(segment.file() + " is damaged: see audit verify", e);
        }
        return newest;
    }

    /// Deletes the files all of whose records are older than `before`. Nothing of a log is deleted
    /// if any of these records must stay.
    ///
    /// @param really false for a preview
    /// @throws IOException a file cannot be read or deleted
    /// @throws IllegalStateException this object is a preview, and `really` is true
    public List<Outcome> prune(Instant before, boolean really) throws IOException {
        List<Outcome> outcomes = new ArrayList<>();
        for (Log log : logs) {
            outcomes.add(prune(log, before, really));
        }
        return outcomes;
    }

    private Outcome prune(Log log, Instant before, boolean really) throws IOException {
        List<LogSegment> old = new ArrayList<>();
        Instant newest = Instant.MIN;
        List<LogSegment> segments = LogSegment.list(log.folder());
        // The file being written is never deleted.
        for (LogSegment segment : segments.subList(0, Math.max(0, segments.size() - 1))) {
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
            remove(
                    log.writer().orElseThrow(() -> new IllegalStateException("a preview")),
                    newest,
                    old,
                    segments.get(old.size()).first());
        }
        List<String> names =
                old.stream().map(it -> String.valueOf(it.file().getFileName())).toList();
        return new Outcome(log.folder().toString(), names, Optional.empty());
    }

    /// @param newest when the last of the records was written
    private record Judged(boolean older, Instant newest, Optional<RetentionHold> hold) {}

    private Judged judge(LogSegment segment, Instant before) throws IOException {
        Optional<RetentionHold> first = Optional.empty();
        Instant newest = Instant.MIN;
        try (LogLineReader lines = new LogLineReader(segment.read(), 0)) {
            for (Optional<byte[]> bytes = lines.next(); bytes.isPresent(); bytes = lines.next()) {
                AuditRecord line =
                        AuditRecord.read(bytes.get())
                                .orElseThrow(
                                        () ->
                                                new IOException(
                                                        segment.file()
                                                                + " is damaged: see audit verify"));
                if (line.kind().equals(RecordKind.CHECKPOINT)) {
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

    /// Recorded first, so that a missing beginning always has an explanation.
    private static void remove(AuditLog log, Instant newest, List<LogSegment> old, long first)
            throws IOException {
        log.append(
                RecordKind.PRUNED,
                Map.of(
                        "before",
                        first,
                        "newest",
                        newest.toString(),
                        "who",
                        "precert-ocsp audit prune"));
        log.seal();
        for (LogSegment segment : old) {
            Files.delete(segment.file());
        }
    }

    @Override
    public void close() {
        close.run();
    }
}
