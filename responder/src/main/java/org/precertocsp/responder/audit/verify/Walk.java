package org.precertocsp.responder.audit.verify;

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
import org.precertocsp.responder.audit.keep.Retention;
import org.precertocsp.responder.audit.log.Chain;
import org.precertocsp.responder.audit.log.Kinds;
import org.precertocsp.responder.audit.record.Canonical;
import org.precertocsp.responder.audit.record.Line;
import org.precertocsp.responder.audit.seal.Checkpoint;
import org.precertocsp.responder.audit.seal.Verifier;

/// Follows a log's records one by one and remembers what must be compared with things beside them.
/// Can be gone on with when the log has grown. Not thread-safe.
final class Walk {
    /// Three lines of text, a blank one, the log's signature.
    private static final int NOTE_LINES = 5;

    /// The record of an alert, as `AuditEvent.Kind` names it.
    private static final String ALERT = "ALERT";

    private final Verifier verifier;
    private final Map<Long, List<Known>> ahead = new HashMap<>();
    private final Map<Long, Known> notes = new HashMap<>();
    private final Map<Long, String> packed = new HashMap<>();
    private final Set<Long> pruned = new HashSet<>();
    private final List<BegunAnew> begunAnew = new ArrayList<>();
    private final RecordTimes times = new RecordTimes();
    private final Map<String, Acknowledged> acknowledged = new HashMap<>();
    private @Nullable Chain chain;
    private @Nullable Line last;
    private long first;

    /// That the log before this one was not what was written.
    private record BegunAnew(Instant at, String why) {}

    /// That somebody took up an alert about a log.
    private record Acknowledged(Instant at, String by) {}

    Walk(Verifier verifier) {
        this.verifier = verifier;
    }

    /// Has the tree compared with this when it has grown that far.
    void expect(Known known) throws Broken {
        if (known.size() == size()) {
            compare(known);
        } else if (known.size() > size()) {
            ahead.computeIfAbsent(known.size(), _ -> new ArrayList<>()).add(known);
        }
        if (known.note().isPresent() && known.size() >= size()) {
            notes.put(known.size(), known);
        }
    }

    void take(Line line) throws Broken {
        if (chain == null) {
            chain = begin(line);
        }
        Optional<String> wrong = chain.follow(line);
        if (wrong.isPresent()) {
            throw new Broken(wrong.get(), line.number() > chain.size());
        }
        last = line;
        times.follow(line);
        remember(line);
        expectedNote(line);
        List<Known> here = ahead.remove(chain.size());
        for (Known known : here == null ? List.<Known>of() : here) {
            compare(known);
        }
    }

    /// The last record has no other after it that holds its hash: what it must be, others know.
    private void expectedNote(Line line) throws Broken {
        Known known = notes.remove(line.number());
        if (known != null && !line.is(rebuilt(line, known.note().orElseThrow()))) {
            throw new Broken(
                    "record %d is not the checkpoint that %s knows"
                            .formatted(line.number(), known.whose()),
                    false);
        }
    }

    private Chain begin(Line line) throws Broken {
        first = line.number();
        // Of what was pruned nobody can tell any more.
        ahead.keySet().removeIf(size -> size < first);
        notes.keySet().removeIf(size -> size < first);
        if (first == 0) {
            return Chain.empty();
        }
        return Chain.before(line)
                .orElseThrow(() -> new Broken("the first record does not begin a file", false));
    }

    private void compare(Known known) throws Broken {
        Chain now = Objects.requireNonNullElseGet(chain, Chain::empty);
        if (!now.root().equals(known.root())) {
            throw new Broken(
                    "the first %d records are not those that %s knows"
                            .formatted(known.size(), known.whose()),
                    false);
        }
    }

    private void remember(Line line) throws Broken {
        switch (line.kind()) {
            case Kinds.SEALED -> {
                JsonNode tree = line.tree();
                packed.put(tree.path("first").asLong(-1), tree.path("sha256").asText());
            }
            case Kinds.PRUNED -> pruned(line.tree());
            case Kinds.BEGUN_ANEW ->
                    begunAnew.add(new BegunAnew(at(line), line.tree().path("why").asText()));
            case ALERT -> alert(line);
            case Kinds.CHECKPOINT -> {
                if (line.tree().path("size").asLong(-1) != line.number()) {
                    throw new Broken("record " + line.number() + " is no checkpoint", false);
                }
            }
            default -> {
                // Of no concern to the chain.
            }
        }
    }

    private void alert(Line line) throws Broken {
        JsonNode details = line.tree().path("details");
        if (details.path("event").asText().equals("ACKNOWLEDGED")
                && details.path("kind").asText().equals("AUDIT_TAMPERED")) {
            acknowledged.put(
                    details.path("about").asText(),
                    new Acknowledged(at(line), line.tree().path("who").asText()));
        }
    }

    private static Instant at(Line line) throws Broken {
        try {
            return Instant.parse(line.tree().path("at").asText());
        } catch (DateTimeParseException _) {
            throw new Broken("record %d has no time".formatted(line.number()), false);
        }
    }

    /// That a beginning is missing is explained by this, unless it was too young to go.
    private void pruned(JsonNode record) throws Broken {
        pruned.add(record.path("before").asLong(-1));
        try {
            Instant at = Instant.parse(record.path("at").asText());
            Instant newest = Instant.parse(record.path("newest").asText());
            if (newest.plus(Retention.TWO_YEARS).isAfter(at)) {
                throw new Broken(
                        "records of %s were removed at %s, before they were two years old (RT-03,"
                                        .formatted(newest, at)
                                + " RT-04)",
                        true);
            }
        } catch (DateTimeParseException _) {
            throw new Broken("record of a removal does not say how old they were", true);
        }
    }

    /// The problem of the log's end: it must be signed, to the last byte.
    Optional<String> end() {
        Line line = last;
        if (line == null) {
            return Optional.of("it has no records");
        }
        if (!line.kind().equals(Kinds.CHECKPOINT)) {
            return Optional.of(
                    "it ends with record %d and no checkpoint after it: cut off, or its writer"
                                    .formatted(line.number())
                            + " crashed and was not started since");
        }
        String note = line.tree().path("note").asText();
        boolean signed =
                note.lines().count() == NOTE_LINES
                        && Checkpoint.read(note, verifier)
                                .filter(it -> it.size() == line.number())
                                .isPresent()
                        && line.is(rebuilt(line, note));
        return signed
                ? Optional.empty()
                : Optional.of(
                        "record %d is no checkpoint signed by %s"
                                .formatted(line.number(), verifier.text()));
    }

    private static byte[] rebuilt(Line line, String note) {
        return Canonical.object(
                Map.of(
                        "kind", line.kind(),
                        "n", line.number(),
                        "note", note,
                        "previous", line.previous(),
                        "size", line.number()));
    }

    /// The tree heads that others know and the log does not have.
    List<Known> missing() {
        List<Known> missing = new ArrayList<>();
        ahead.values().forEach(missing::addAll);
        // Of which the record with the checkpoint itself is not there.
        notes.values().stream()
                .filter(it -> !ahead.containsKey(it.size()))
                .map(it -> new Known(it.whose(), it.size() + 1, it.root()))
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
    List<String> remarks(Walk events) {
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
    List<String> unacknowledged(Walk events) {
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
    List<String> timeFaults(Walk events) {
        return times.faults(events.times);
    }

    private Optional<String> by(Walk events, BegunAnew anew) {
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
