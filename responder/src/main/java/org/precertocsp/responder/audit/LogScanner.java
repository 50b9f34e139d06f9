package org.precertocsp.responder.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Follows a log's records one by one and remembers what must be compared with things beside them.
/// Can be gone on with when the log has grown. Not thread-safe.
final class LogScanner {
    /// Three lines of text, a blank one, the log's signature.
    private static final int NOTE_LINES = 5;

    /// The record of an alert, as `AuditEvent.Kind` names it.
    private static final String ALERT = "ALERT";

    private final CheckpointVerifier verifier;
    private final Map<Long, List<KnownTreeHead>> ahead = new HashMap<>();
    private final Map<Long, KnownTreeHead> notes = new HashMap<>();
    private final Map<Long, String> packed = new HashMap<>();
    private final Set<Long> pruned = new HashSet<>();
    private final List<BegunAnew> begunAnew = new ArrayList<>();
    private final ClockRollbackCheck times = new ClockRollbackCheck();
    private final Map<String, Acknowledged> acknowledged = new HashMap<>();
    private @Nullable RecordChain chain;
    private @Nullable AuditRecord last;
    private long first;

    /// That the log before this one was not what was written.
    private record BegunAnew(Instant at, String why) {}

    /// That somebody took up an alert about a log.
    private record Acknowledged(Instant at, String by) {}

    LogScanner(CheckpointVerifier verifier) {
        this.verifier = verifier;
    }

    /// Has the tree compared with this when it has grown that far.
    void expect(KnownTreeHead known) throws BrokenLogException {
        if (known.size() == size()) {
            compare(known);
        } else if (known.size() > size()) {
            ahead.computeIfAbsent(known.size(), _ -> new ArrayList<>()).add(known);
        }
        if (known.note().isPresent() && known.size() >= size()) {
            notes.put(known.size(), known);
        }
    }

    void take(AuditRecord line) throws BrokenLogException {
        if (chain == null) {
            chain = begin(line);
        }
        Optional<String> wrong = chain.follow(line);
        if (wrong.isPresent()) {
            throw new BrokenLogException(wrong.get(), line.number() > chain.size());
        }
        last = line;
        times.follow(line);
        remember(line);
        expectedNote(line);
        List<KnownTreeHead> here = ahead.remove(chain.size());
        for (KnownTreeHead known : here == null ? List.<KnownTreeHead>of() : here) {
            compare(known);
        }
    }

    /// The last record has no other after it that holds its hash: what it must be, others know.
    private void expectedNote(AuditRecord line) throws BrokenLogException {
        KnownTreeHead known = notes.remove(line.number());
        if (known != null && !line.is(rebuilt(line, known.note().orElseThrow()))) {
            throw new BrokenLogException(
                    "record %d is not the checkpoint that %s knows"
                            .formatted(line.number(), known.whose()),
                    false);
        }
    }

    private RecordChain begin(AuditRecord line) throws BrokenLogException {
        first = line.number();
        // Of what was pruned nobody can tell any more.
        ahead.keySet().removeIf(size -> size < first);
        notes.keySet().removeIf(size -> size < first);
        if (first == 0) {
            return RecordChain.empty();
        }
        return RecordChain.before(line)
                .orElseThrow(
                        () ->
                                new BrokenLogException(
                                        "the first record does not begin a file", false));
    }

    private void compare(KnownTreeHead known) throws BrokenLogException {
        RecordChain now = Objects.requireNonNullElseGet(chain, RecordChain::empty);
        if (!now.root().equals(known.root())) {
            throw new BrokenLogException(
                    "the first %d records are not those that %s knows"
                            .formatted(known.size(), known.whose()),
                    false);
        }
    }

    private void remember(AuditRecord line) throws BrokenLogException {
        switch (line.kind()) {
            case RecordKind.SEALED -> {
                JsonNode tree = line.tree();
                packed.put(tree.path("first").asLong(-1), tree.path("sha256").asText());
            }
            case RecordKind.PRUNED -> pruned(line.tree());
            case RecordKind.BEGUN_ANEW ->
                    begunAnew.add(new BegunAnew(at(line), line.tree().path("why").asText()));
            case ALERT -> alert(line);
            case RecordKind.CHECKPOINT -> {
                if (line.tree().path("size").asLong(-1) != line.number()) {
                    throw new BrokenLogException(
                            "record " + line.number() + " is no checkpoint", false);
                }
            }
            default -> {
                // Of no concern to the chain.
            }
        }
    }

    private void alert(AuditRecord line) throws BrokenLogException {
        JsonNode details = line.tree().path("details");
        if (details.path("event").asText().equals("ACKNOWLEDGED")
                && details.path("kind").asText().equals("AUDIT_TAMPERED")) {
            acknowledged.put(
                    details.path("about").asText(),
                    new Acknowledged(at(line), line.tree().path("who").asText()));
        }
    }

    private static Instant at(AuditRecord line) throws BrokenLogException {
        try {
            return Instant.parse(line.tree().path("at").asText());
        } catch (DateTimeParseException _) {
            throw new BrokenLogException("record %d has no time".formatted(line.number()), false);
        }
    }

    /// That a beginning is missing is explained by this, unless it was too young to go.
    private void pruned(JsonNode record) throws BrokenLogException {
        pruned.add(record.path("before").asLong(-1));
        try {
            Instant at = Instant.parse(record.path("at").asText());
            Instant newest = Instant.parse(record.path("newest").asText());
            if (newest.plus(RetentionPolicy.TWO_YEARS).isAfter(at)) {
                throw new BrokenLogException(
                        "records of %s were removed at %s, before they were two years old (RT-03,"
                                        .formatted(newest, at)
                                + " RT-04)",
                        true);
            }
        } catch (DateTimeParseException _) {
            throw new BrokenLogException(
                    "record of a removal does not say how old they were", true);
        }
    }

    /// The problem of the log's end: it must be signed, to the last byte.
    Optional<String> end() {
        AuditRecord line = last;
        if (line == null) {
            return Optional.of("it has no records");
        }
        if (!line.kind().equals(RecordKind.CHECKPOINT)) {
            return Optional.of(
                    "it ends with record %d and no checkpoint after it: cut off, or its writer"
                                    .formatted(line.number())
                            + " crashed and was not started since");
        }
        String note = line.tree().path("note").asText();
        boolean signed =
                note.lines().count() == NOTE_LINES
                        && AuditCheckpoint.read(note, verifier)
                                .filter(it -> it.size() == line.number())
                                .isPresent()
                        && line.is(rebuilt(line, note));
        return signed
                ? Optional.empty()
                : Optional.of(
                        "record %d is no checkpoint signed by %s"
                                .formatted(line.number(), verifier.text()));
    }

    private static byte[] rebuilt(AuditRecord line, String note) {
        return CanonicalJson.object(
                Map.of(
                        "kind", line.kind(),
                        "n", line.number(),
                        "note", note,
                        "previous", line.previous(),
                        "size", line.number()));
    }

    /// The tree heads that others know and the log does not have.
    List<KnownTreeHead> missing() {
        List<KnownTreeHead> missing = new ArrayList<>();
        ahead.values().forEach(missing::addAll);
        // Of which the record with the checkpoint itself is not there.
        notes.values().stream()
                .filter(it -> !ahead.containsKey(it.size()))
                .map(it -> new KnownTreeHead(it.whose(), it.size() + 1, it.root()))
                .forEach(missing::add);
        return missing;
    }

    /// The SHA-256 a compressed file was recorded with.
    Optional<String> packed(long segment) {
        return Optional.ofNullable(packed.get(segment));
    }

    /// Whether it is recorded that all before that record was pruned.
    boolean prunedBefore(long record) {
        return pruned.contains(record);
    }

    String checkpoint() {
        return last == null ? "" : last.tree().path("note").asText();
    }

    /// How the log was begun anew, where somebody took that up.
    ///
    /// @param events the walk through the log that holds acknowledgements
    List<String> remarks(LogScanner events) {
        return begunAnew.stream()
                .flatMap(
                        it ->
                                by(events, it).stream()
                                        .map(
                                                by ->
                                                        "begun anew at %s: %s; acknowledged by %s"
                                                                .formatted(it.at(), it.why(), by)))
                .toList();
    }

    /// How it was begun anew, where nobody did.
    List<String> unacknowledged(LogScanner events) {
        return begunAnew.stream()
                .filter(it -> by(events, it).isEmpty())
                .map(
                        it ->
                                "was begun anew at %s, since the log before it was not what was"
                                                .formatted(it.at())
                                        + " written (%s). Find out who had access, then acknowledge"
                                                .formatted(it.why())
                                        + " the alert AUDIT_TAMPERED about "
                                        + verifier.name())
                .toList();
    }

    /// Where the clock was set back between two records, and nobody said that it is right now.
    List<String> timeFaults(LogScanner events) {
        return times.faults(events.times);
    }

    private Optional<String> by(LogScanner events, BegunAnew anew) {
        return Optional.ofNullable(events.acknowledged.get(verifier.name()))
                .filter(it -> !it.at().isBefore(anew.at()))
                .map(Acknowledged::by);
    }

    long first() {
        return first;
    }

    long size() {
        return chain == null ? 0 : chain.size();
    }
}
