package org.precertocsp.responder.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.status.CtObservation;
import org.precertocsp.responder.status.CtObservationReader;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.SerialList;

/// The serials that logs delivered and no feed of the CA has delivered since (CT-20), whether or
/// not the log's entry assigned them.
final class CtOnlySerials implements SerialList {
    /// How late the CA's own feed may be.
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    // Each is an incident for operators; more than this are one incident.
    private static final int MOST = 100_000;

    private final Map<SerialKey, String> descriptions = new HashMap<>();
    private final Map<IssuerKey, NavigableSet<Serial>> serials = new HashMap<>();

    private CtOnlySerials() {}

    /// @throws org.precertocsp.responder.status.StoreException they cannot be read
    static CtOnlySerials read(
            CtObservationReader store, List<ConfiguredIssuer> issuers, Instant now) {
        CtOnlySerials noted = new CtOnlySerials();
        for (ConfiguredIssuer issuer : issuers) {
            store.sightings(issuer.key(), sighting -> noted.add(sighting, now));
        }
        return noted;
    }

    private void add(CtObservation sighting, Instant now) {
        boolean open =
                switch (sighting.state()) {
                    case CtObservation.State.Waiting _ ->
                            sighting.seenAt().isBefore(now.minus(PATIENCE));
                    case CtObservation.State.Incident _ -> true;
                    case CtObservation.State.FedLate _ -> false;
                };
        if (open && descriptions.size() < MOST) {
            descriptions.put(sighting.key(), text(sighting));
            serials.computeIfAbsent(sighting.key().issuer(), _ -> new TreeSet<>())
                    .add(sighting.key().serial());
        }
    }

    private static String text(CtObservation sighting) {
        CtObservation.LoggedDocument document = sighting.document();
        return "%s %s in CT log %s, entry %d of %s, which no feed has brought%s"
                .formatted(
                        document.by(),
                        document.sha256(),
                        document.log(),
                        document.entry(),
                        document.loggedAt(),
                        sighting.assigned() ? "" : "; not assigned, by the issuer's policy");
    }

    /// The description of each, for the report.
    Map<SerialKey, String> descriptions() {
        return descriptions;
    }

    @Override
    public List<Serial> serials(IssuerKey issuer, Optional<Serial> after, int limit) {
        NavigableSet<Serial> all = serials.getOrDefault(issuer, new TreeSet<>());
        NavigableSet<Serial> left = after.map(it -> all.tailSet(it, false)).orElse(all);
        return left.stream().limit(limit).toList();
    }
}
