package org.precertocsp.responder.admin;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.audit.AuditTrail;

/// Records refused requests in the audit log (LG-03) such that no caller can fill it: for each
/// caller, the first few in a minute one by one, then only the number of the others. Thread-safe.
public final class AccessRefusalRecorder {
    /// Recorded one by one, per caller and minute.
    static final int MAX_A_MINUTE = 5;

    /// Callers distinguished; all others are counted as one.
    static final int MAX_CALLERS = 100;

    private static final String OTHERS = "others";
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static final class Minute {
        final Instant began;
        int recorded;
        long more;

        Minute(Instant began) {
            this.began = began;
        }
    }

    private final AuditTrail audit;
    private final InstantSource clock;
    private final Map<String, Minute> minutes = new LinkedHashMap<>();

    public AccessRefusalRecorder(AuditTrail audit, InstantSource clock) {
        this.audit = audit;
        this.clock = clock;
    }

    /// Durable when it returns, if it is recorded.
    ///
    /// @throws org.precertocsp.responder.audit.AuditException it could not be recorded
    public void refused(String caller, Map<String, String> details) {
        if (isRecorded(caller)) {
            audit.record(new AuditEvent(AuditEvent.Kind.ACCESS_REFUSED, caller, details));
        }
    }

    private boolean isRecorded(String caller) {
        flushExpired();
        synchronized (this) {
            boolean known = minutes.containsKey(caller) || minutes.size() < MAX_CALLERS;
            Minute minute =
                    minutes.computeIfAbsent(
                            known ? caller : OTHERS, _ -> new Minute(clock.instant()));
            if (minute.recorded < MAX_A_MINUTE) {
                minute.recorded++;
                return true;
            }
            minute.more++;
            return false;
        }
    }

    /// Records the counts of minutes that are over. To be called every second.
    ///
    /// @throws org.precertocsp.responder.audit.AuditException some could not be recorded
    public void flushExpired() {
        record(over(clock.instant().minus(MINUTE)));
    }

    /// Records all counts, before the audit log is closed.
    ///
    /// @throws org.precertocsp.responder.audit.AuditException some could not be recorded
    public void flush() {
        record(over(Instant.MAX));
    }

    private synchronized Map<String, Minute> over(Instant latest) {
        Map<String, Minute> over = new HashMap<>();
        minutes.forEach(
                (caller, minute) -> {
                    if (!minute.began.isAfter(latest)) {
                        over.put(caller, minute);
                    }
                });
        minutes.keySet().removeAll(over.keySet());
        return over;
    }

    private void record(Map<String, Minute> over) {
        List<AuditEvent> events = new ArrayList<>();
        over.forEach(
                (caller, minute) -> {
                    if (minute.more > 0) {
                        events.add(
                                new AuditEvent(
                                        AuditEvent.Kind.ACCESS_REFUSED,
                                        caller,
                                        Map.of(
                                                "since",
                                                minute.began.toString(),
                                                "why",
                                                minute.more + " more that were not listed")));
                    }
                });
        events.forEach(audit::record);
    }
}
