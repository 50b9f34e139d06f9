package org.precertocsp.responder.ctlog;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.CtObservation;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StatusStore;

/// Deletes records of serials that a log brought first, once they are no longer needed; otherwise
/// the store would keep each of them permanently, and every round would read them all. The audit
/// log keeps the incident for the required time (RT-01, RT-03).
final class ObservationCleanup {
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
    /// @throws org.precertocsp.responder.status.StoreException nothing is deleted; try again later
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
