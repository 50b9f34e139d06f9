package org.precertocsp.responder.metrics.sla;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;

/// The delays of one issuer's serials, and the serials that still wait for the key. Thread-safe.
final class IssuerAnswerDelays {
    private static final int MAX_FOUND = 10_000;

    private final MeasuredIssuer issuer;
    private final Instant start;
    private final Alarm alarm;
    private final Map<DelayBasis, DelayHistogram> delays = new EnumMap<>(DelayBasis.class);

    // All guarded by this.
    private @Nullable AssignedSerialBatch waiting;
    private boolean waitingReported;
    private long backfill;
    private long listed;
    // Several logs contain one precertificate; each serial found late is counted once, as long as
    // it is remembered.
    private final SequencedSet<Serial> found = new LinkedHashSet<>();

    /// @param start when the server first answered for the issuer
    IssuerAnswerDelays(MeasuredIssuer issuer, Instant start, Alarm alarm) {
        this.issuer = issuer;
        this.start = start;
        this.alarm = alarm;
        for (DelayBasis basis : DelayBasis.values()) {
            delays.put(basis, new DelayHistogram());
        }
    }

    Instant start() {
        return start;
    }

    /// Adds the serials of a commit.
    void add(AssignedSerialBatch batch, Instant now) {
        boolean served;
        synchronized (this) {
            backfill += batch.backfilled();
            listed += batch.listedOnly();
            served = waiting == null && issuer.signs().getAsBoolean();
            if (!served && batch.measured() > 0) {
                if (waiting == null) {
                    waiting = new AssignedSerialBatch(now);
                    waitingReported = false;
                }
                waiting.add(batch);
            }
        }
        if (served) {
            serve(batch, now);
        }
    }

    void check(Instant now) {
        AssignedSerialBatch served = null;
        boolean overdue = false;
        boolean recovered = false;
        List<AssignedSerialBatch.Named> named = List.of();
        synchronized (this) {
            if (waiting == null) {
                return;
            }
            if (issuer.signs().getAsBoolean()) {
                served = waiting;
                recovered = waitingReported;
                waiting = null;
            } else if (!waitingReported && isOverdue(waiting, now)) {
                waitingReported = true;
                overdue = true;
                named = waiting.earliest();
            }
        }
        if (recovered) {
            // Serials that were late are reported when they are counted, as a separate alert.
            alarm.end(Incident.Kind.ANSWER_OVERDUE, issuer.name());
        }
        if (served != null) {
            serve(served, now);
        } else if (overdue) {
            alarm.raise(
                    new Incident(
                            Incident.Kind.ANSWER_OVERDUE,
                            issuer.name(),
                            "serials of %s have no answer 15 minutes after their publication, because"
                                            .formatted(issuer.name())
                                    + " its key does not sign%s; check /readyz and the credential"
                                            .formatted(names(named))));
        }
    }

    private static boolean isOverdue(AssignedSerialBatch batch, Instant now) {
        Instant due = now.minus(AnswerDelayMonitor.DUTY);
        for (DelayBasis basis : DelayBasis.values()) {
            if (!batch.counts(basis).headMap(due).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private void serve(AssignedSerialBatch batch, Instant now) {
        for (DelayBasis basis : DelayBasis.values()) {
            batch.counts(basis)
                    .forEach((since, serials) -> delays(basis).add(positive(since, now), serials));
        }
        // Alerts are raised for published serials only: a file that takes long is not an incident.
        long late =
                batch
                        .counts(DelayBasis.PUBLISHED)
                        .headMap(now.minus(AnswerDelayMonitor.DUTY))
                        .values()
                        .stream()
                        .mapToLong(Long::longValue)
                        .sum();
        if (late > 0) {
            raise(batch, now, late);
        }
    }

    /// Raises one alert per serial for a few, one in all for many.
    private void raise(AssignedSerialBatch batch, Instant now, long late) {
        if (late > AssignedSerialBatch.NAMED) {
            alarm.raise(
                    new Incident(
                            Incident.Kind.ANSWER_OVERDUE,
                            issuer.name(),
                            "%d serials of %s could only be answered at %s, more than 15 minutes after"
                                            .formatted(late, issuer.name(), now)
                                    + " their publication%s; find out what delayed the feed"
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
                        "serial %s of %s was published at %s and could only be answered at %s; find"
                                        .formatted(serial, issuer.name(), since, answered)
                                + " out what delayed the feed"));
    }

    /// A log shows that a serial was published long before a feed brought it.
    void foundLate(Serial serial, Instant published, Instant takenIn) {
        synchronized (this) {
            if (!found.add(serial)) {
                return;
            }
            if (found.size() > MAX_FOUND) {
                found.removeFirst();
            }
        }
        delays(DelayBasis.PUBLISHED).addOverdue(1);
        raise(serial, published, takenIn);
    }

    private DelayHistogram delays(DelayBasis basis) {
        DelayHistogram all = delays.get(basis);
        if (all == null) {
            throw new IllegalStateException("no delays by " + basis);
        }
        return all;
    }

    private static boolean isLate(Instant since, Instant now) {
        return positive(since, now).compareTo(AnswerDelayMonitor.DUTY) > 0;
    }

    /// The clocks of logs may be ahead.
    private static Duration positive(Instant since, Instant now) {
        return since.isAfter(now) ? Duration.ZERO : Duration.between(since, now);
    }

    private static String names(List<AssignedSerialBatch.Named> named) {
        return named.isEmpty()
                ? ""
                : " (the first: serial %s, published %s)"
                        .formatted(named.getFirst().serial(), named.getFirst().since());
    }

    List<AnswerDelayStatistics> states() {
        List<AnswerDelayStatistics> states = new ArrayList<>();
        for (DelayBasis basis : DelayBasis.values()) {
            DelayHistogram.Read read = delays(basis).read();
            states.add(
                    new AnswerDelayStatistics(
                            issuer.name(),
                            basis,
                            DelayHistogram.BOUNDS,
                            read.counts(),
                            read.seconds(),
                            read.overdue()));
        }
        return states;
    }

    synchronized AnswerDelayStatistics.Apart apart() {
        return new AnswerDelayStatistics.Apart(
                issuer.name(), backfill, listed, waiting == null ? 0 : waiting.measured());
    }

    /// A histogram of the delays of one issuer's serials. Thread-safe.
    static final class DelayHistogram {
        /// Upper bounds of the buckets; 15 minutes are one of them.
        static final List<Duration> BOUNDS =
                List.of(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(2),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(15),
                        Duration.ofMinutes(30),
                        Duration.ofHours(1),
                        Duration.ofHours(6),
                        Duration.ofDays(1));

        private static final double MILLIS = TimeUnit.SECONDS.toMillis(1);

        // Guarded by this.
        private final long[] counts = new long[BOUNDS.size() + 1];
        private double seconds;
        private long overdue;

        /// @param serials number with this delay
        synchronized void add(Duration delay, long serials) {
            int bucket = 0;
            while (bucket < BOUNDS.size() && delay.compareTo(BOUNDS.get(bucket)) > 0) {
                bucket++;
            }
            counts[bucket] += serials;
            seconds += serials * (delay.toMillis() / MILLIS);
            if (delay.compareTo(AnswerDelayMonitor.DUTY) > 0) {
                overdue += serials;
            }
        }

        /// Counts serials that were found to be late afterwards, without adding them to a bucket
        /// again.
        synchronized void addOverdue(long serials) {
            overdue += serials;
        }

        /// @param counts of each bucket, the unbounded one last
        /// @param seconds sum of all delays
        /// @param overdue serials with more than 15 minutes
        record Read(List<Long> counts, double seconds, long overdue) {}

        synchronized Read read() {
            return new Read(Arrays.stream(counts).boxed().toList(), seconds, overdue);
        }
    }
}
