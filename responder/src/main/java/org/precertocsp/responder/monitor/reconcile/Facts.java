package org.precertocsp.responder.monitor.reconcile;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.responder.status.Dossier;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.StatusRecord;

/// All that is known of one serial of one issuer.
///
/// @param dossiers of the ledgers that know it
/// @param said by the endpoint
record Facts(Place place, Map<Source, Dossier> dossiers, Said said) {
    // Who is to be believed about the end of a certificate: whoever has the document.
    private static final List<Source> BY_WEIGHT =
            List.of(Source.FILES, Source.LOGS, Source.STORE, Source.CRLS);

    Facts {
        dossiers = Map.copyOf(dossiers);
    }

    boolean isIn(Source source) {
        return place.sources().contains(source);
    }

    Optional<Dossier> dossier(Source source) {
        return Optional.ofNullable(dossiers.get(source));
    }

    Optional<StatusRecord.Assigned> assigned(Source source) {
        return dossier(source)
                .flatMap(Dossier::record)
                .filter(StatusRecord.Assigned.class::isInstance)
                .map(StatusRecord.Assigned.class::cast);
    }

    Optional<Revocation> revocation(Source source) {
        return assigned(source).flatMap(StatusRecord.Assigned::revocation);
    }

    Optional<Instant> notAfter() {
        return BY_WEIGHT.stream()
                .flatMap(source -> assigned(source).stream())
                .flatMap(record -> record.notAfter().stream())
                .findFirst();
    }

    /// Whether anybody but the store says that it was issued, or the store itself does: an answer
    /// is owed.
    boolean isCommitted() {
        return BY_WEIGHT.stream().anyMatch(source -> assigned(source).isPresent())
                || isIn(Source.NOTED);
    }

    /// When the store first heard of it.
    Optional<Instant> takenIn() {
        return dossier(Source.STORE).stream()
                .flatMap(dossier -> dossier.evidence().stream())
                .map(evidence -> evidence.source().takenIn())
                .findFirst();
    }

    /// When the store last heard of it.
    Optional<Instant> lastChanged() {
        return dossier(Source.STORE).stream()
                .flatMap(dossier -> dossier.history().stream())
                .map(Dossier.Event::at)
                .max(Instant::compareTo)
                .or(this::takenIn);
    }
}
