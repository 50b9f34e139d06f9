package org.precertocsp.responder.monitor;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.StatusDetails;
import org.precertocsp.responder.status.StatusRecord;

/// All evidence about one serial of one issuer.
///
/// @param dossiers the records of the sources that know it
/// @param said the endpoint's answer
record SerialEvidence(
        LocatedSerial place, Map<SourceKind, StatusDetails> dossiers, EndpointAnswer said) {
    // Precedence for notAfter: sources that have the document come first.
    private static final List<SourceKind> BY_WEIGHT =
            List.of(SourceKind.FILES, SourceKind.LOGS, SourceKind.STORE, SourceKind.CRLS);

    SerialEvidence {
        dossiers = Map.copyOf(dossiers);
    }

    boolean isIn(SourceKind source) {
        return place.sources().contains(source);
    }

    Optional<StatusDetails> dossier(SourceKind source) {
        return Optional.ofNullable(dossiers.get(source));
    }

    Optional<StatusRecord.Assigned> assigned(SourceKind source) {
        return dossier(source)
                .flatMap(StatusDetails::record)
                .filter(StatusRecord.Assigned.class::isInstance)
                .map(StatusRecord.Assigned.class::cast);
    }

    Optional<Revocation> revocation(SourceKind source) {
        return assigned(source).flatMap(StatusRecord.Assigned::revocation);
    }

    Optional<Instant> notAfter() {
        return BY_WEIGHT.stream()
                .flatMap(source -> assigned(source).stream())
                .flatMap(record -> record.notAfter().stream())
                .findFirst();
    }

    /// Whether any source states that the serial was issued, so that an answer is required.
    boolean isCommitted() {
        return BY_WEIGHT.stream().anyMatch(source -> assigned(source).isPresent())
                || isIn(SourceKind.NOTED);
    }

    /// When the store first received it.
    Optional<Instant> takenIn() {
        return dossier(SourceKind.STORE).stream()
                .flatMap(dossier -> dossier.evidence().stream())
                .map(evidence -> evidence.source().takenIn())
                .findFirst();
    }

    /// When the store last changed it.
    Optional<Instant> lastChanged() {
        return dossier(SourceKind.STORE).stream()
                .flatMap(dossier -> dossier.history().stream())
                .map(StatusDetails.Event::at)
                .max(Instant::compareTo)
                .or(this::takenIn);
    }
}
