package org.precertocsp.responder.monitor.reconcile;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.responder.status.Dossier;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.StatusRecord;

/// Everything known of one serial of one issuer.
///
/// @param dossiers from the sources that know it
/// @param said the endpoint's answer
record Facts(Place place, Map<Source, Dossier> dossiers, Said said) {
    // Precedence for notAfter: sources that have the document come first.
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

    /// Whether any source says that the serial was issued, so that an answer is required.
    boolean isCommitted() {
        return BY_WEIGHT.stream().anyMatch(source -> assigned(source).isPresent())
                || isIn(Source.NOTED);
    }

    /// When the store first received it.
    Optional<Instant> takenIn() {
        return dossier(Source.STORE).stream()
                .flatMap(dossier -> dossier.evidence().stream())
                .map(evidence -> evidence.source().takenIn())
                .findFirst();
    }

    /// When the store last changed it.
    Optional<Instant> lastChanged() {
        return dossier(Source.STORE).stream()
                .flatMap(dossier -> dossier.history().stream())
                .map(Dossier.Event::at)
                .max(Instant::compareTo)
                .or(this::takenIn);
    }
}
