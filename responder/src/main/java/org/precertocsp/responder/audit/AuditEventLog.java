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

/// The log of what was done: events, and the sets of changes that come through [ChangeRecorder].
/// Thread-safe.
public final class AuditEventLog implements AuditTrail, AutoCloseable {
    static final String SET = "SET";
    static final String CHANGES = "CHANGES";
    static final String COMMIT = "COMMIT";
    static final String VOID = "VOID";
    static final String FEED = "FEED";

    /// The store refused a set that was recorded: whoever brought it was told so.
    static final String FAILED = "FAILED";

    /// A set recorded as void was found in the store all the same.
    static final String EFFECTIVE = "EFFECTIVE";

    /// The operator, or a log begun anew, takes the store as it is.
    static final String STORE_ADOPTED = "STORE_ADOPTED";

    /// Sets that the store lacked were applied to it again.
    static final String REPLAYED = "REPLAYED";

    private final AuditLog log;
    private final Past past;

    private AuditEventLog(AuditLog log, Past past) {
        this.log = log;
        this.past = past;
    }

    /// @param settings what the log is made of, given what files carry over to the next
    /// @throws org.precertocsp.responder.audit.AuditException the log cannot be opened
    public static AuditEventLog open(
            Function<Supplier<Map<String, Object>>, AuditLogConfig> settings) {
        return open(settings, AuditLog.OnDamage.BEGIN_ANEW);
    }

    /// @param onDamage what to do with a log that is not what was written
    /// @throws org.precertocsp.responder.audit.AuditException the log cannot be opened
    public static AuditEventLog open(
            Function<Supplier<Map<String, Object>>, AuditLogConfig> settings,
            AuditLog.OnDamage onDamage) {
        Past past = new Past();
        AuditLog log = AuditLog.open(settings.apply(past::carried), past::replay, onDamage);
        if (log.begunAnew()) {
            // The records read belong to the log before, not to this one.
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

    /// A set is about to take effect; what becomes of it is known by its mark in the store.
    void committing(CommitMark mark) {
        past.commit(mark);
    }

    /// The newest set that was about to take effect, unless it is known to be void.
    Optional<CommitMark> lastCommitted() {
        return past.last(log.withdrawals());
    }

    /// Whether the store refused the newest set, so that whoever brought it knows that it may be
    /// without effect.
    boolean isLastFailed() {
        synchronized (past) {
            return past.failed;
        }
    }

    /// The store refused it; the next set, or the next start, finds out what became of it.
    void failed(long set, String why) {
        past.fail(set);
        log.record(FAILED, List.of(Map.of("set", set, "why", why)));
    }

    /// As [#failed], where the log itself is what failed: its records may be taken back.
    ///
    /// @param since [#withdrawals] before the first of them
    void failedUnrecorded(long set, long since) {
        past.failUnrecorded(set, since);
    }

    /// Records that were written before the set it tells of was decided.
    void replayed(Map<String, ?> fields) {
        log.record(REPLAYED, List.of(fields));
    }

    /// A set did not take effect.
    void voided(long set, String why) {
        long since = log.withdrawals();
        log.append(VOID, Map.of("set", set, "why", why));
        past.undo(set);
        log.seal(since);
    }

    /// A set recorded as void did take effect.
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

    /// The store is taken as it is.
    ///
    /// @param newest the newest set it has; empty if it never had one
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

    /// The mark of a set that a record tells of; empty where it tells of none.
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
            // Not what was written: the verifier reports it.
            return Optional.empty();
        }
    }

    /// When the newest record was written that was there when the log was opened.
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

    /// The state that earlier records lead to. Every file begins with it, so that opening a log
    /// reads only the newest.
    private static final class Past {
        private boolean running;

        /// The newest set not known to be void.
        private @Nullable CommitMark last;

        /// The one before it; null also where that is not known.
        private @Nullable CommitMark before;

        private boolean failed;

        /// The newest record but checkpoints, which do not say when they were written.
        private @Nullable AuditRecord newest;

        /// How often records had been taken back when it failed; -1 if all of its own are durable.
        private long unsealedSince = -1;

        /// @param withdrawals how often records have been taken back
        synchronized Optional<CommitMark> last(long withdrawals) {
            if (failed && unsealedSince >= 0 && unsealedSince != withdrawals && last != null) {
                // It left no record, and its number may be another's.
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

        /// Read when it is asked for: of all records only the last is.
        synchronized Optional<Instant> newest() {
            return Optional.ofNullable(newest)
                    .map(line -> line.tree().path("at").textValue())
                    .map(Instant::parse);
        }

        synchronized void forget() {
            newest = null;
            running = false;
            last = null;
            before = null;
            failed = false;
        }

        /// Begins or ends the server's run; true if the run before has no end.
        synchronized boolean crashFound(AuditEvent.Kind kind) {
            boolean crashed = kind == AuditEvent.Kind.START && running;
            if (kind == AuditEvent.Kind.START || kind == AuditEvent.Kind.STOP) {
                running = kind == AuditEvent.Kind.START;
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

        // Called while the log is locked, so nobody calls the log while holding this.
        synchronized Map<String, Object> carried() {
            Map<String, Object> carried = new HashMap<>();
            carried.put("running", running);
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
                }
                case "START" -> running = true;
                case "STOP" -> running = false;
                case COMMIT -> mark(line.tree(), "set", "mark").ifPresent(this::commit);
                case FAILED -> fail(line.tree().path("set").asLong(-1));
                case VOID -> undo(line.tree().path("set").asLong(-1));
                case EFFECTIVE, STORE_ADOPTED -> adopt(mark(line.tree(), "set", "mark"));
                default -> {
                    // Says nothing about what goes on.
                }
            }
        }
    }
}
