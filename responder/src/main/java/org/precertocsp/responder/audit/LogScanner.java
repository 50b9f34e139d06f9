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

/// Reads a log's records one by one, verifies their chain, and remembers what must be compared with
/// data outside the log. Can continue when the log has grown. Not thread-safe.
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

    /// A record that the previous log was modified or damaged, and this one started.
    private record BegunAnew(Instant at, String why) {}

    /// A record that a person acknowledged an alert about a log.
    private record Acknowledged(Instant at, String by) {}

    LogScanner(CheckpointVerifier verifier) {
        this.verifier = verifier;
    }

    /// Compares the tree with this head once it has grown to that size.
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

    /// No record follows the last one and contains its hash, so it is compared with the checkpoint
    /// known from outside.
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
        // Pruned records cannot be compared any more.
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
                            "record " + line.number() + " is not a checkpoint", false);
                }
            }
            default -> {
                // Other kinds do not concern the scan.
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

    /// Such a record explains a missing beginning, unless the pruned records were less than two
    /// years old.
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

    /// The problem at the log's end: it must be signed up to the last byte.
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
                        "record %d is not a checkpoint signed by %s"
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

    /// The tree heads known from outside that the log does not have.
    List<KnownTreeHead> missing() {
        List<KnownTreeHead> missing = new ArrayList<>();
        ahead.values().forEach(missing::addAll);
        // The record with the checkpoint itself is missing.
        notes.values().stream()
                .filter(it -> !ahead.containsKey(it.size()))
                .map(it -> new KnownTreeHead(it.whose(), it.size() + 1, it.root()))
                .forEach(missing::add);
        return missing;
    }

    /// The SHA-256 with which the compression of a file was recorded.
    Optional<String> packed(long segment) {
        return Optional.ofNullable(packed.get(segment));
    }

    /// Whether it is recorded that all records before this one were pruned.
    boolean prunedBefore(long record) {
        return pruned.contains(record);
    }

    String checkpoint() {
        return last == null ? "" : last.tree().path("note").asText();
    }

    /// How the log was started anew, if a person acknowledged that.
    ///
    /// @param events scan of the log that contains acknowledgements
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

    /// How it was started anew, if nobody acknowledged that.
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

    /// Where the clock was set back between two records, and no operator confirmed it since.
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
