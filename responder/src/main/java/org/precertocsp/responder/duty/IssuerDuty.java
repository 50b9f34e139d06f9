package org.precertocsp.responder.duty;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;

/// The duty of one issuer: what was served and how late, what still waits for a key. Thread-safe.
final class IssuerDuty {
    private static final int MAX_FOUND = 10_000;

    private final MeasuredIssuer issuer;
    private final Instant start;
    private final Alarm alarm;
    private final Map<Basis, Delays> delays = new EnumMap<>(Basis.class);

    // All guarded by this.
    private @Nullable Batch waiting;
    private boolean waitingTold;
    private long backfill;
    private long listed;
    // Several logs hold one precertificate; each serial found late counts once, while remembered.
    private final SequencedSet<Serial> found = new LinkedHashSet<>();

    /// @param start when the server first answered for the issuer
    IssuerDuty(MeasuredIssuer issuer, Instant start, Alarm alarm) {
        this.issuer = issuer;
        this.start = start;
        this.alarm = alarm;
        for (Basis basis : Basis.values()) {
            delays.put(basis, new Delays());
        }
    }

    Instant start() {
        return start;
    }

    /// Takes what was committed just now.
    void add(Batch batch, Instant now) {
        boolean served;
        synchronized (this) {
            backfill += batch.backfilled();
            listed += batch.listedOnly();
            served = waiting == null && issuer.signs().getAsBoolean();
            if (!served && batch.measured() > 0) {
                if (waiting == null) {
                    waiting = new Batch(now);
                    waitingTold = false;
                }
                waiting.add(batch);
            }
        }
        if (served) {
            serve(batch, now);
        }
    }

    void look(Instant now) {
        Batch served = null;
        boolean overdue = false;
        boolean recovered = false;
        List<Batch.Named> named = List.of();
        synchronized (this) {
            if (waiting == null) {
                return;
            }
            if (issuer.signs().getAsBoolean()) {
                served = waiting;
                recovered = waitingTold;
                waiting = null;
            } else if (!waitingTold && isOverdue(waiting, now)) {
                waitingTold = true;
                overdue = true;
                named = waiting.earliest();
            }
        }
        if (recovered) {
            // What is late for good is told by serving it, and is another matter.
            alarm.end(Incident.Kind.ANSWER_OVERDUE, issuer.name());
        }
        if (served != null) {
            serve(served, now);
        } else if (overdue) {
            alarm.raise(
                    new Incident(
                            Incident.Kind.ANSWER_OVERDUE,
                            issuer.name(),
                            "serials of %s have no answer 15 minutes after their publication, since"
                                            .formatted(issuer.name())
                                    + " its key does not sign%s; see /health and the credential"
                                            .formatted(names(named))));
        }
    }

    private static boolean isOverdue(Batch batch, Instant now) {
        Instant due = now.minus(FirstAnswers.DUTY);
        for (Basis basis : Basis.values()) {
            if (!batch.counts(basis).headMap(due).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private void serve(Batch batch, Instant now) {
        for (Basis basis : Basis.values()) {
            batch.counts(basis)
                    .forEach((since, serials) -> delays(basis).add(positive(since, now), serials));
        }
        // Only what the world could know of wakes somebody: a file that takes long is no incident.
        long late =
                batch
                        .counts(Basis.PUBLISHED)
                        .headMap(now.minus(FirstAnswers.DUTY))
                        .values()
                        .stream()
                        .mapToLong(Long::longValue)
                        .sum();
        if (late > 0) {
            raise(batch, now, late);
        }
    }

    /// A few serials are told one by one, many as one.
    private void raise(Batch batch, Instant now, long late) {
        if (late > Batch.NAMED) {
            alarm.raise(
                    new Incident(
                            Incident.Kind.ANSWER_OVERDUE,
                            issuer.name(),
                            "%d serials of %s could be answered only at %s, more than 15 minutes after"
                                            .formatted(late, issuer.name(), now)
                                    + " their publication%s; find what held the feed up"
                                            .formatted(names(batch.earliest()))));
            return;
        }
        batch.earliest().stream()
                .filter(it -> isLate(it.since(), now))
                .forEach(it -> raise(it.serial(), it.since(), now));
    }

    private void raise(Serial serial, Instant since, Instant answered) {
        alarm.raise(
                new Incident(
                        Incident.Kind.ANSWER_OVERDUE,
                        serial.toHex(),
                        "serial %s of %s was published at %s and could be answered only at %s; find"
                                        .formatted(serial, issuer.name(), since, answered)
                                + " what held the feed up"));
    }

    /// A log tells that a serial fed before was public long before that.
    void foundLate(Serial serial, Instant published, Instant takenIn) {
        synchronized (this) {
            if (!found.add(serial)) {
                return;
            }
            if (found.size() > MAX_FOUND) {
                found.removeFirst();
            }
        }
        delays(Basis.PUBLISHED).addOverdue(1);
        raise(serial, published, takenIn);
    }

    private Delays delays(Basis basis) {
        Delays all = delays.get(basis);
        if (all == null) {
            throw new IllegalStateException("no delays by " + basis);
        }
        return all;
    }

    private static boolean isLate(Instant since, Instant now) {
        return positive(since, now).compareTo(FirstAnswers.DUTY) > 0;
    }

    /// Clocks of logs may be ahead.
    private static Duration positive(Instant since, Instant now) {
        return since.isAfter(now) ? Duration.ZERO : Duration.between(since, now);
    }

    private static String names(List<Batch.Named> named) {
        return named.isEmpty()
                ? ""
                : " (the first: serial %s, published %s)"
                        .formatted(named.getFirst().serial(), named.getFirst().since());
    }

    List<DutyState> states() {
        List<DutyState> states = new ArrayList<>();
        for (Basis basis : Basis.values()) {
            Delays.Read read = delays(basis).read();
            states.add(
                    new DutyState(
                            issuer.name(),
                            basis,
                            Delays.BOUNDS,
                            read.counts(),
                            read.seconds(),
                            read.overdue()));
        }
        return states;
    }

    synchronized DutyState.Apart apart() {
        return new DutyState.Apart(
                issuer.name(), backfill, listed, waiting == null ? 0 : waiting.measured());
    }
}
