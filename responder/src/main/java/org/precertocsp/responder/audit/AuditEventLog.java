package org.precertocsp.responder.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.CallerIdentity;
import org.precertocsp.responder.status.CommitMark;

/// The log of events and of the change sets that [ChangeRecorder] records. Thread-safe.
public final class AuditEventLog implements AuditTrail, AutoCloseable {
    static final String SET = "SET";
    static final String CHANGES = "CHANGES";
    static final String COMMIT = "COMMIT";
    static final String VOID = "VOID";
    static final String FEED = "FEED";

    /// The store rejected a recorded set, and its caller received the error.
    static final String FAILED = "FAILED";

    /// A set recorded as void was found in the store nevertheless.
    static final String EFFECTIVE = "EFFECTIVE";

    /// The operator, or a newly started log, accepted the store as it is.
    static final String STORE_ADOPTED = "STORE_ADOPTED";

    /// Sets that were missing from the store were applied to it again.
    static final String REPLAYED = "REPLAYED";

    /// Detail of a RESTORED event: when the backup was made. Absent if only the store was restored,
    /// which then lacks nothing that cannot be replayed.
    static final String MADE_AT = "madeAt";

    private final AuditLog log;
    private final Past past;

    private AuditEventLog(AuditLog log, Past past) {
        this.log = log;
        this.past = past;
    }

    /// @param settings returns the log's settings, given the fields that each new file carries over
    /// @param onDamage what to do with a log that was modified or damaged
    /// @throws org.precertocsp.responder.audit.AuditException the log cannot be opened
    public static AuditEventLog open(
            Function<Supplier<Map<String, Object>>, AuditLogConfig> settings,
            AuditLog.OnDamage onDamage) {
        Past past = new Past();
        AuditLog log = AuditLog.open(settings.apply(past::carried), past::replay, onDamage);
        if (log.begunAnew()) {
            // The records read belong to the previous log, not to this one.
            past.forget();
        }
        return new AuditEventLog(log, past);
    }

    @Override
    public void record(AuditEvent event) {
        long since = log.withdrawals();
        if (past.crashFound(event.kind())) {
            append(
                    new AuditEvent(
                            AuditEvent.Kind.CRASH_FOUND,
                            "precert-ocsp",
                            Map.of("recordsNotSealed", Long.toString(log.recovered()))));
        }
        append(event);
        if (event.kind() == AuditEvent.Kind.RESTORED) {
            past.restore(event.details().getOrDefault(MADE_AT, ""));
        }
        log.seal(since);
    }

    private void append(AuditEvent event) {
        Map<String, Object> fields = new HashMap<>(CallerIdentity.fields());
        fields.put("who", event.who());
        fields.put("details", event.details());
        log.append(event.kind().name(), fields);
    }

    long append(String kind, Map<String, ?> fields) {
        return log.append(kind, fields);
    }

    /// @param since as [AuditLog#seal(long)]
    void seal(long since) {
        log.seal(since);
    }

    /// As [AuditLog#withdrawals].
    long withdrawals() {
        return log.withdrawals();
    }

    /// Records that a set is about to take effect; the mark in the store later tells whether it
    /// did.
    void committing(CommitMark mark) {
        past.commit(mark);
    }

    /// The newest set that was about to take effect, unless it is known to be void.
    Optional<CommitMark> lastCommitted() {
        return past.last(log.withdrawals());
    }

    /// Whether the store rejected the newest set, so that its caller knows that it may be without
    /// effect.
    boolean isLastFailed() {
        synchronized (past) {
            return past.failed;
        }
    }

    /// Records that the store rejected a set; the next set, or the next start, determines whether
    /// it took effect.
    void failed(long set, String why) {
        past.fail(set);
        log.record(FAILED, List.of(Map.of("set", set, "why", why)));
    }

    /// As [#failed], if the log itself failed: its records may be withdrawn.
    ///
    /// @param since [#withdrawals] before the first of them
    void failedUnrecorded(long set, long since) {
        past.failUnrecorded(set, since);
    }

    /// Records that were written before the replayed set was decided.
    void replayed(Map<String, ?> fields) {
        log.record(REPLAYED, List.of(fields));
    }

    /// Records that a set did not take effect.
    void voided(long set, String why) {
        long since = log.withdrawals();
        log.append(VOID, Map.of("set", set, "why", why));
        past.undo(set);
        log.seal(since);
    }

    /// Records that a set recorded as void did take effect.
    void effective(CommitMark one) {
        log.record(
                EFFECTIVE,
                List.of(
                        Map.of(
                                "set", one.set(),
                                "mark", one.value().toHex(),
                                "why", "the store has it, though it was recorded as void")));
        past.adopt(Optional.of(one));
    }

    /// Records that the store is accepted as it is.
    ///
    /// @param newest the newest set in the store; empty if it never had one
    /// @param known whether that set is in this log
    void adopted(Optional<CommitMark> newest, boolean known, String why) {
        Map<String, Object> fields = new HashMap<>();
        fields.put("why", why);
        fields.put("known", known);
        newest.ifPresent(
                it -> {
                    fields.put("set", it.set());
                    fields.put("mark", it.value().toHex());
                });
        log.record(STORE_ADOPTED, List.of(fields));
        past.adopt(newest);
    }

    /// When the backup was made from which store and log were restored, if no server has started
    /// since.
    Optional<String> restoredFrom() {
        return past.restoredFrom();
    }

    /// The mark of the set that a record describes; empty if it describes none.
    ///
    /// @param set name of the field with the set's number
    /// @param value name of the field with the mark's value in hexadecimal
    static Optional<CommitMark> mark(JsonNode record, String set, String value) {
        String text = record.path(value).asText("");
        try {
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            new CommitMark(record.path(set).asLong(-1), ByteString.ofHex(text)));
        } catch (IllegalArgumentException _) {
            // Not as written; the verifier reports it.
            return Optional.empty();
        }
    }

    /// The time of the newest record that existed when the log was opened.
    public Optional<Instant> newestBefore() {
        return past.newest();
    }

    /// For the monitor and the verifier.
    public AuditLog log() {
        return log;
    }

    @Override
    public void close() {
        log.close();
    }

    /// The state derived from earlier records. Every file begins with it, so that opening a log
    /// reads only the newest file.
    private static final class Past {
        private boolean running;

        /// The newest set not known to be void.
        private @Nullable CommitMark last;

        /// The set before it; null also if that is not known.
        private @Nullable CommitMark before;

        private boolean failed;

        /// The newest record except checkpoints, which do not contain their time.
        private @Nullable AuditRecord newest;

        /// Of a restore after which no server has started; empty if there is none.
        private String restored = "";

        /// The withdrawal count at the time it failed; -1 if all of its own records are durable.
        private long unsealedSince = -1;

        /// @param withdrawals how often records have been withdrawn
        synchronized Optional<CommitMark> last(long withdrawals) {
            if (failed && unsealedSince >= 0 && unsealedSince != withdrawals && last != null) {
                // The set left no record, and its number may belong to another set.
                undo(last.set());
            }
            return Optional.ofNullable(last);
        }

        synchronized void failUnrecorded(long set, long since) {
            if (isLast(set)) {
                failed = true;
                unsealedSince = since;
            }
        }

        /// Parsed on demand, since only the last of all records is needed.
        synchronized Optional<Instant> newest() {
            return Optional.ofNullable(newest)
                    .map(line -> line.tree().path("at").textValue())
                    .map(Instant::parse);
        }

        /// The server that was running when the backup was made is not the next one to start.
        synchronized void restore(String madeAt) {
            running &= madeAt.isEmpty();
            restored = madeAt;
        }

        synchronized Optional<String> restoredFrom() {
            return restored.isEmpty() ? Optional.empty() : Optional.of(restored);
        }

        synchronized void forget() {
            newest = null;
            restored = "";
            running = false;
            last = null;
            before = null;
            failed = false;
        }

        /// Records the begin or the end of the server's run; true if the previous run has no end.
        synchronized boolean crashFound(AuditEvent.Kind kind) {
            boolean crashed = kind == AuditEvent.Kind.START && running;
            if (kind == AuditEvent.Kind.START || kind == AuditEvent.Kind.STOP) {
                running = kind == AuditEvent.Kind.START;
                restored = "";
            }
            return crashed;
        }

        private boolean isLast(long set) {
            return last != null && last.set() == set;
        }

        synchronized void commit(CommitMark next) {
            before = last;
            last = next;
            failed = false;
            unsealedSince = -1;
        }

        synchronized void fail(long set) {
            failed |= isLast(set);
        }

        synchronized void undo(long set) {
            if (isLast(set)) {
                unsealedSince = -1;
                last = before;
                before = null;
                failed = false;
            }
        }

        synchronized void adopt(Optional<CommitMark> newest) {
            last = newest.orElse(null);
            before = null;
            failed = false;
        }

        // Called while the log is locked, so no caller may use the log while it holds this lock.
        synchronized Map<String, Object> carried() {
            Map<String, Object> carried = new HashMap<>();
            carried.put("running", running);
            if (!restored.isEmpty()) {
                carried.put("restored", restored);
            }
            if (last != null) {
                carried.put("set", last.set());
                carried.put("mark", last.value().toHex());
                carried.put("failed", failed);
            }
            if (before != null) {
                carried.put("setBefore", before.set());
                carried.put("markBefore", before.value().toHex());
            }
            return carried;
        }

        synchronized void replay(AuditRecord line) {
            if (!line.kind().equals(RecordKind.CHECKPOINT)) {
                newest = line;
            }
            switch (line.kind()) {
                case RecordKind.SEGMENT -> {
                    running = line.tree().path("running").asBoolean();
                    last = mark(line.tree(), "set", "mark").orElse(null);
                    before = mark(line.tree(), "setBefore", "markBefore").orElse(null);
                    failed = line.tree().path("failed").asBoolean();
                    restored = line.tree().path("restored").asText("");
                }
                case "RESTORED" -> restore(line.tree().path("details").path(MADE_AT).asText(""));
                case "START" -> {
                    running = true;
                    restored = "";
                }
                case "STOP" -> running = false;
                case COMMIT -> mark(line.tree(), "set", "mark").ifPresent(this::commit);
                case FAILED -> fail(line.tree().path("set").asLong(-1));
                case VOID -> undo(line.tree().path("set").asLong(-1));
                case EFFECTIVE, STORE_ADOPTED -> adopt(mark(line.tree(), "set", "mark"));
                default -> {
                    // Other kinds do not change this state.
                }
            }
        }
    }
}
