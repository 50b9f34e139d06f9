package org.precertocsp.responder.intake.ctlog.watch;

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
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.FeedSource;
import org.precertocsp.responder.status.Sighting;
import org.precertocsp.responder.status.StateKey;

/// Raises an incident for every serial that a log brought and no feed of the CA did within the
/// grace period (CT-20).
///
/// The serials to monitor are in the store, written with the log's entries, so a crash loses none.
/// After a crash an alert may be raised again, which is the same alert. It ends when a feed of the
/// CA brings the serial after all.
final class NeverFed {
    /// Up to this many serials of an issuer at once are reported one by one; more, as after the
    /// first reading of a log, as one incident.
    static final int ONE_BY_ONE = 10;

    private static final int AT_ONCE = 100;

    /// Alerts ended in one round.
    private static final int MAX_ENDS = 1_000;

    private static final Duration ROUNDS_OVERLAP = Duration.ofMinutes(1);
    private static final String WHO = "precert-ocsp";

    private final LogWatch.Subjects subjects;
    private final LogWatch.Outlets outlets;
    private final Duration grace;
    private final InstantSource clock;
    private final Map<String, Long> byLog = new ConcurrentHashMap<>();
    private final Map<String, Long> open = new ConcurrentHashMap<>();
    private final Map<String, Instant> looked = new HashMap<>();

    NeverFed(
            LogWatch.Subjects subjects,
            LogWatch.Outlets outlets,
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
    /// @throws org.precertocsp.responder.status.StoreFailure try again later; nothing is lost
    /// @throws org.precertocsp.responder.audit.AuditFailure likewise
    void check() {
        for (FedIssuer issuer : subjects.issuers().issuers()) {
            check(issuer);
        }
    }

    private void check(FedIssuer issuer) {
        Instant now = clock.instant();
        Instant latest = now.minus(grace);
        List<Sighting> due = new ArrayList<>();
        long[] unsettled = {0};
        Instant news = looked.getOrDefault(issuer.name(), Instant.MIN);
        List<Sighting> fedSince = new ArrayList<>();
        SpentSightings spent = new SpentSightings(subjects.store(), now);
        subjects.store()
                .sightings(
                        issuer.key(),
                        seen -> {
                            spent.add(seen);
                            switch (seen.state()) {
                                case Sighting.State.Waiting _ -> {
                                    if (!seen.seenAt().isAfter(latest)) {
                                        due.add(seen);
                                    }
                                }
                                case Sighting.State.Incident _ -> unsettled[0]++;
                                case Sighting.State.FedLate fed -> {
                                    if (fed.fed().isAfter(news) && fedSince.size() < MAX_ENDS) {
                                        fedSince.add(seen);
                                    }
                                }
                            }
                        });
        if (due.size() <= ONE_BY_ONE) {
            for (Sighting seen : due) {
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

    private static List<List<Sighting>> lots(List<Sighting> due) {
        List<List<Sighting>> lots = new ArrayList<>();
        for (int from = 0; from < due.size(); from += AT_ONCE) {
            lots.add(due.subList(from, Math.min(due.size(), from + AT_ONCE)));
        }
        return lots;
    }

    private void settle(List<Sighting> lot, Instant now) {
        FeedSource source = new FeedSource(FeedSource.CT_LOG, "never fed", Octets.of(), now);
        try (ChangeSet set = subjects.store().begin(source)) {
            for (Sighting seen : lot) {
                StateKey.LogObservation key = new StateKey.LogObservation(seen.key());
                if (set.get(key).equals(Optional.of(seen))) {
                    set.put(key, seen.in(new Sighting.State.Incident(now)));
                }
            }
            set.commit();
        }
        lot.forEach(seen -> byLog.merge(seen.document().log(), 1L, Long::sum));
    }

    private static AuditEvent event(FedIssuer issuer, List<Sighting> lot) {
        Sighting first = lot.getFirst();
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

    private static Incident single(FedIssuer issuer, Sighting seen) {
        Sighting.LoggedDocument document = seen.document();
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

    private static String about(FedIssuer issuer, Sighting seen) {
        return issuer.name() + " " + seen.key().serial().toHex();
    }

    private static Incident many(FedIssuer issuer, List<Sighting> due) {
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

    private static String serials(List<Sighting> lot) {
        return lot.stream()
                .map(seen -> seen.key().serial().toHex())
                .collect(Collectors.joining(" "));
    }

    private static String logs(List<Sighting> lot) {
        return lot.stream()
                .map(seen -> seen.document().log())
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
