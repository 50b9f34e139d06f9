package org.precertocsp.responder.ctlog;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.CtObservation;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StatusStore;

/// Raises an incident for every serial that a log brought and no feed of the CA did within the
/// grace period (CT-20).
///
/// The serials to monitor are in the store, written with the log's entries, so a crash loses none.
/// After a crash an alert may be raised again, which is the same alert. It ends when a feed of the
/// CA brings the serial after all.
final class MissingFromFeedMonitor {
    /// Up to this many serials of an issuer at once are reported one by one; more, as after the
    /// first reading of a log, as one incident.
    static final int ONE_BY_ONE = 10;

    private static final int AT_ONCE = 100;

    /// Alerts ended in one round.
    private static final int MAX_ENDS = 1_000;

    private static final Duration ROUNDS_OVERLAP = Duration.ofMinutes(1);
    private static final String WHO = "precert-ocsp";

    private final LogMonitor.Subjects subjects;
    private final LogMonitor.Outlets outlets;
    private final Duration grace;
    private final InstantSource clock;
    private final Map<String, Long> byLog = new ConcurrentHashMap<>();
    private final Map<String, Long> open = new ConcurrentHashMap<>();
    private final Map<String, Instant> looked = new HashMap<>();

    MissingFromFeedMonitor(
            LogMonitor.Subjects subjects,
            LogMonitor.Outlets outlets,
            Duration grace,
            InstantSource clock) {
        this.subjects = subjects;
        this.outlets = outlets;
        this.grace = grace;
        this.clock = clock;
    }

    /// Incidents of a log since the start of the process.
    long broughtBy(String log) {
        return byLog.getOrDefault(log, 0L);
    }

    /// Incidents of an issuer that no feed has resolved, as of the last round.
    long openOf(String issuer) {
        return open.getOrDefault(issuer, 0L);
    }

    /// Performs one round.
    ///
    /// @throws org.precertocsp.responder.status.StoreException try again later; nothing is lost
    /// @throws org.precertocsp.responder.audit.AuditException likewise
    void check() {
        for (ConfiguredIssuer issuer : subjects.issuers().issuers()) {
            check(issuer);
        }
    }

    private void check(ConfiguredIssuer issuer) {
        Instant now = clock.instant();
        Instant latest = now.minus(grace);
        List<CtObservation> due = new ArrayList<>();
        long[] unsettled = {0};
        Instant news = looked.getOrDefault(issuer.name(), Instant.MIN);
        List<CtObservation> fedSince = new ArrayList<>();
        ObservationCleanup spent = new ObservationCleanup(subjects.store(), now);
        subjects.store()
                .sightings(
                        issuer.key(),
                        seen -> {
                            spent.add(seen);
                            switch (seen.state()) {
                                case CtObservation.State.Waiting _ -> {
                                    if (!seen.seenAt().isAfter(latest)) {
                                        due.add(seen);
                                    }
                                }
                                case CtObservation.State.Incident _ -> unsettled[0]++;
                                case CtObservation.State.FedLate fed -> {
                                    if (fed.fed().isAfter(news) && fedSince.size() < MAX_ENDS) {
                                        fedSince.add(seen);
                                    }
                                }
                            }
                        });
        if (due.size() <= ONE_BY_ONE) {
            for (CtObservation seen : due) {
                // First the audit log, then the alert, then the store (invariant 6).
                outlets.audit().record(event(issuer, List.of(seen)));
                outlets.alarm().raise(single(issuer, seen));
                settle(List.of(seen), now);
            }
        } else {
            lots(due).forEach(lot -> outlets.audit().record(event(issuer, lot)));
            outlets.alarm().raise(many(issuer, due));
            lots(due).forEach(lot -> settle(lot, now));
        }
        fedSince.forEach(
                seen ->
                        outlets.alarm()
                                .end(Incident.Kind.PRECERTIFICATE_NEVER_FED, about(issuer, seen)));
        if (unsettled[0] + due.size() == 0) {
            outlets.alarm().end(Incident.Kind.PRECERTIFICATE_NEVER_FED, issuer.name());
        }
        looked.put(issuer.name(), now.minus(ROUNDS_OVERLAP));
        open.put(issuer.name(), unsettled[0] + due.size());
        spent.delete();
    }

    private static List<List<CtObservation>> lots(List<CtObservation> due) {
        List<List<CtObservation>> lots = new ArrayList<>();
        for (int from = 0; from < due.size(); from += AT_ONCE) {
            lots.add(due.subList(from, Math.min(due.size(), from + AT_ONCE)));
        }
        return lots;
    }

    private void settle(List<CtObservation> lot, Instant now) {
        ChangeSource source =
                new ChangeSource(ChangeSource.CT_LOG, "never fed", ByteString.of(), now);
        try (ChangeSet set = subjects.store().begin(source)) {
            for (CtObservation seen : lot) {
                StateKey.LogObservation key = new StateKey.LogObservation(seen.key());
                if (set.get(key).equals(Optional.of(seen))) {
                    set.put(key, seen.in(new CtObservation.State.Incident(now)));
                }
            }
            set.commit();
        }
        lot.forEach(seen -> byLog.merge(seen.document().log(), 1L, Long::sum));
    }

    private static AuditEvent event(ConfiguredIssuer issuer, List<CtObservation> lot) {
        CtObservation first = lot.getFirst();
        Map<String, String> details = new HashMap<>();
        details.put("issuer", issuer.name());
        details.put("policy", first.assigned() ? "answer" : "alert-only");
        details.put("serials", serials(lot));
        if (lot.size() == 1) {
            details.put("log", first.document().log());
            details.put("entry", Long.toString(first.document().entry()));
            details.put("logged", first.document().loggedAt().toString());
            details.put("sha256", first.document().sha256().toHex());
        } else {
            details.put("logs", logs(lot));
        }
        return new AuditEvent(AuditEvent.Kind.PRECERTIFICATE_NEVER_FED, WHO, details);
    }

    private static Incident single(ConfiguredIssuer issuer, CtObservation seen) {
        CtObservation.LoggedDocument document = seen.document();
        String serial = seen.key().serial().toHex();
        return new Incident(
                Incident.Kind.PRECERTIFICATE_NEVER_FED,
                about(issuer, seen),
                "CT log %s contains a %s of %s with serial %s (entry %d of %s, SHA-256 %s) that no feed of the CA brought. %s"
                        .formatted(
                                document.log(),
                                document.by(),
                                issuer.name(),
                                serial,
                                document.entry(),
                                document.loggedAt(),
                                document.sha256().toHex(),
                                remedy(seen.assigned())));
    }

    private static String about(ConfiguredIssuer issuer, CtObservation seen) {
        return issuer.name() + " " + seen.key().serial().toHex();
    }

    private static Incident many(ConfiguredIssuer issuer, List<CtObservation> due) {
        return new Incident(
                Incident.Kind.PRECERTIFICATE_NEVER_FED,
                issuer.name(),
                "CT logs (%s) contain %d precertificates or certificates of %s that no feed of the CA brought; reconcile lists them. %s"
                        .formatted(
                                logs(due),
                                due.size(),
                                issuer.name(),
                                remedy(due.getFirst().assigned())));
    }

    private static String remedy(boolean assigned) {
        return assigned
                ? "It is answered as assigned. Find the cause, and load it with the CA's own files"
                : "Because of ct: alert-only it is not assigned, and answered as unassigned."
                        + " Find the cause, and load it, which assigns it";
    }

    private static String serials(List<CtObservation> lot) {
        return lot.stream()
                .map(seen -> seen.key().serial().toHex())
                .collect(Collectors.joining(" "));
    }

    private static String logs(List<CtObservation> lot) {
        return lot.stream()
                .map(seen -> seen.document().log())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /// Deletes records of serials that a log brought first, once they are no longer needed;
    /// otherwise the store would keep each of them permanently, and every round would read them
    /// all. The audit log keeps the incident for the required time (RT-01, RT-03).
    static final class ObservationCleanup {
        /// Retention after a feed of the CA has resolved it.
        static final Duration SETTLED = Duration.ofDays(30);

        /// Retention after the incident, and after the expiry of the certificate.
        static final Duration OPEN = Duration.ofDays(731);

        /// Maximum deleted in one round; the next one continues.
        static final int MOST = 1_000;

        private final StatusStore store;
        private final Instant now;
        private final List<CtObservation> spent = new ArrayList<>();

        /// For one round of one issuer.
        ObservationCleanup(StatusStore store, Instant now) {
            this.store = store;
            this.now = now;
        }

        /// Marks a record for deletion if it is no longer needed.
        void add(CtObservation seen) {
            if (spent.size() < MOST && isSpent(seen)) {
                spent.add(seen);
            }
        }

        private boolean isSpent(CtObservation seen) {
            return switch (seen.state()) {
                case CtObservation.State.Waiting _ -> false;
                case CtObservation.State.FedLate(_, Instant fed) -> now.isAfter(fed.plus(SETTLED));
                case CtObservation.State.Incident(Instant since) ->
                        now.isAfter(since.plus(OPEN)) && hasLongEnded(seen);
            };
        }

        /// The expiry of a serial that was never assigned is unknown; the time since the incident
        /// counts.
        private boolean hasLongEnded(CtObservation seen) {
            return store.find(seen.key())
                    .flatMap(ObservationCleanup::notAfter)
                    .map(end -> now.isAfter(end.plus(OPEN)))
                    .orElse(true);
        }

        private static Optional<Instant> notAfter(StatusRecord status) {
            return switch (status) {
                case StatusRecord.Assigned assigned -> assigned.notAfter();
                case StatusRecord.Announced _ -> Optional.empty();
            };
        }

        /// Deletes the marked records; one that changed meanwhile stays.
        ///
        /// @throws org.precertocsp.responder.status.StoreException nothing is deleted; try again
        ///   later
        void delete() {
            if (spent.isEmpty()) {
                return;
            }
            ChangeSource source =
                    new ChangeSource(ChangeSource.CT_LOG, "settled", ByteString.of(), now);
            try (ChangeSet set = store.begin(source)) {
                for (CtObservation seen : spent) {
                    StateKey.LogObservation key = new StateKey.LogObservation(seen.key());
                    if (set.get(key).equals(Optional.of(seen))) {
                        set.remove(key);
                    }
                }
                set.commit();
            }
        }
    }
}
