package org.precertocsp.responder.audit.door;

import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.audit.log.AuditLog;
import org.precertocsp.responder.audit.log.LogSettings;
import org.precertocsp.responder.audit.record.Line;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/// The log of what was done: events, and the sets of changes that come through [AuditedStore].
/// Thread-safe.
public final class EventLog implements AuditTrail, AutoCloseable {
    static final String SET = "SET";
    static final String CHANGES = "CHANGES";
    static final String COMMIT = "COMMIT";
    static final String VOID = "VOID";
    static final String FEED = "FEED";

    private final AuditLog log;
    private final Past past;

    private EventLog(AuditLog log, Past past) {
        this.log = log;
        this.past = past;
    }

    /// @param settings what the log is made of, given what files carry over to the next
    /// @throws org.precertocsp.responder.audit.AuditFailure the log cannot be opened
    public static EventLog open(Function<Supplier<Map<String, Object>>, LogSettings> settings) {
        Past past = new Past();
        return new EventLog(AuditLog.open(settings.apply(past::carried), past::replay), past);
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
        log.append(event.kind().name(), Map.of("who", event.who(), "details", event.details()));
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
    void committing(long set, String mark) {
        synchronized (past) {
            past.set = set;
            past.mark = mark;
        }
    }

    /// The newest set that was about to take effect, unless it is known to be void.
    @Nullable Committing lastCommitting() {
        synchronized (past) {
            return past.mark == null ? null : new Committing(past.set, past.mark);
        }
    }

    /// The newest set did not take effect.
    void voided(long set, String why) {
        long since = log.withdrawals();
        log.append(VOID, Map.of("set", set, "why", why));
        synchronized (past) {
            if (past.set == set) {
                past.mark = null;
            }
        }
        log.seal(since);
    }

    /// A set that was about to take effect.
    record Committing(long set, String mark) {}

    /// For the monitor and the verifier.
    public AuditLog log() {
        return log;
    }

    @Override
    public void close() {
        log.close();
    }

    /// What earlier records leave to be known. Every file begins with it, so that opening a log
    /// reads only the newest.
    private static final class Past {
        private boolean running;
        private long set;
        private @Nullable String mark;

        /// Begins or ends the server's run; true if the run before has no end.
        synchronized boolean crashFound(AuditEvent.Kind kind) {
            boolean crashed = kind == AuditEvent.Kind.START && running;
            if (kind == AuditEvent.Kind.START || kind == AuditEvent.Kind.STOP) {
                running = kind == AuditEvent.Kind.START;
            }
            return crashed;
        }

        // Called while the log is locked, so nobody calls the log while holding this.
        synchronized Map<String, Object> carried() {
            Map<String, Object> carried = new HashMap<>();
            carried.put("running", running);
            if (mark != null) {
                carried.put("set", set);
                carried.put("mark", Objects.requireNonNull(mark));
            }
            return carried;
        }

        synchronized void replay(Line line) {
            switch (line.kind()) {
                case "SEGMENT" -> {
                    running = line.tree().path("running").asBoolean();
                    set = line.tree().path("set").asLong(-1);
                    mark = line.tree().path("mark").textValue();
                }
                case "START" -> running = true;
                case "STOP" -> running = false;
                case COMMIT -> {
                    set = line.tree().path("set").asLong(-1);
                    mark = line.tree().path("mark").textValue();
                }
                case VOID -> {
                    if (line.tree().path("set").asLong(-1) == set) {
                        mark = null;
                    }
                }
                default -> {
                    // Says nothing about what goes on.
                }
            }
        }
    }
}
