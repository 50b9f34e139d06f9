package org.precertocsp.responder.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.answer.StatusMapper;
import org.precertocsp.responder.monitor.ParsedBasicResponse.TimeReading;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.CertificateFingerprint;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.StatusDetails;
import org.precertocsp.responder.status.StatusRecord;

/// Finds the differences between all sources and the answer for one serial. Pure.
final class SerialComparison {
    private final ReconcileCriteria criteria;
    private final SerialEvidence facts;
    private final List<ReconcileDifference> found = new ArrayList<>();

    private SerialComparison(ReconcileCriteria criteria, SerialEvidence facts) {
        this.criteria = criteria;
        this.facts = facts;
    }

    /// Whether the serial is to be compared at all.
    static boolean matters(ReconcileCriteria criteria, SerialEvidence facts) {
        boolean onlyStored =
                facts.place().sources().stream().allMatch(it -> it == SourceKind.STORE);
        boolean old =
                criteria.since().isPresent()
                        && onlyStored
                        && facts.lastChanged()
                                .filter(it -> !it.isBefore(criteria.since().get()))
                                .isEmpty();
        return facts.isCommitted() && !old && !isExpired(criteria, facts);
    }

    /// Its record may have been deleted (SA-15).
    private static boolean isExpired(ReconcileCriteria criteria, SerialEvidence facts) {
        Duration kept =
                facts.place().issuer().profile().retentionPastExpiry().orElse(Duration.ZERO);
        return facts.notAfter().filter(end -> end.plus(kept).isBefore(criteria.now())).isPresent();
    }

    static List<ReconcileDifference> of(ReconcileCriteria criteria, SerialEvidence facts) {
        SerialComparison comparison = new SerialComparison(criteria, facts);
        comparison.answer();
        comparison.store();
        comparison.logs();
        DocumentEvidence.conflict(facts)
                .ifPresent(it -> comparison.add(DifferenceKind.CONFLICT, it));
        comparison.revocations();
        return comparison.found;
    }

    private void add(DifferenceKind kind, String seen) {
        found.add(
                new ReconcileDifference(
                        kind, facts.place().issuer().name(), facts.place().serial().toHex(), seen));
    }

    private void answer() {
        switch (facts.said()) {
            case EndpointAnswer.Definitive _, EndpointAnswer.NotAsked _ -> {}
            case EndpointAnswer.Denied(String what) ->
                    add(DifferenceKind.UNANSWERED, what + "; known from " + known());
            case EndpointAnswer.Failed(String why) ->
                    add(DifferenceKind.UNANSWERED, why + "; known from " + known());
        }
    }

    private String known() {
        return facts.place().sources().stream()
                .map(SourceKind::toString)
                .collect(Collectors.joining(", "));
    }

    private void store() {
        Optional<StatusRecord.Assigned> stored = facts.assigned(SourceKind.STORE);
        boolean fed = facts.isIn(SourceKind.FILES) || facts.isIn(SourceKind.CRLS);
        if (stored.isEmpty() && fed) {
            add(DifferenceKind.NOT_IN_STORE, "known from " + known());
        }
        if (facts.said() instanceof EndpointAnswer.Definitive(var single)) {
            StatedStatus answered = StatedStatus.of(single);
            if (stored.isEmpty()) {
                add(
                        DifferenceKind.STORE_DIFFERS,
                        "answered %s, and the store does not know it: does this server use this"
                                        .formatted(answered)
                                + " store?");
            } else {
                StatedStatus owed =
                        StatedStatus.of(
                                StatusMapper.of(stored.get(), facts.place().issuer().profile())
                                        .orElseThrow());
                if (!owed.equals(answered)) {
                    add(
                            DifferenceKind.STORE_DIFFERS,
                            "answered %s, the store says %s".formatted(answered, owed));
                }
            }
        }
    }

    private void logs() {
        neverFed().ifPresent(it -> add(DifferenceKind.NEVER_FED, it));
        if (criteria.logs() && !facts.isIn(SourceKind.LOGS)) {
            unlogged().ifPresent(it -> add(DifferenceKind.UNLOGGED, it));
        }
    }

    private Optional<String> neverFed() {
        Optional<String> noted = Optional.ofNullable(criteria.noted().get(facts.place().key()));
        if (noted.isPresent()) {
            return noted;
        }
        boolean fed = facts.isIn(SourceKind.FILES) || facts.assigned(SourceKind.STORE).isPresent();
        return facts.isIn(SourceKind.LOGS) && !fed
                ? Optional.of("the store does not know it; " + DocumentEvidence.sighting(facts))
                : Optional.empty();
    }

    private Optional<String> unlogged() {
        Instant due = criteria.now().minus(criteria.mergeDelay());
        boolean early = facts.takenIn().filter(due::isBefore).isPresent();
        boolean old =
                criteria.since().isPresent()
                        && facts.takenIn()
                                .filter(it -> !it.isBefore(criteria.since().get()))
                                .isEmpty();
        return early || old
                ? Optional.empty()
                : DocumentEvidence.evidence(facts)
                        .filter(evidence -> evidence.by() == AssignedBy.PRECERTIFICATE)
                        .filter(evidence -> !DocumentEvidence.isFromLog(evidence))
                        .findFirst()
                        .map(
                                evidence ->
                                        DocumentEvidence.text(evidence)
                                                + " is in none of the logs");
    }

    /// Compares the answer with CRLs and lists: revoked or not, when and why.
    private void revocations() {
        if (!(facts.said() instanceof EndpointAnswer.Definitive(var single))) {
            return;
        }
        StatedStatus answered = StatedStatus.of(single);
        for (SourceKind source : List.of(SourceKind.CRLS, SourceKind.FILES)) {
            facts.revocation(source)
                    .map(it -> dated(it, answered))
                    .map(it -> StatedStatus.of(it, facts.place().issuer().profile()))
                    .filter(stated -> !stated.equals(answered))
                    .ifPresent(
                            stated ->
                                    add(
                                            DifferenceKind.REVOCATION_DIFFERS,
                                            "answered %s, the %s say %s"
                                                    .formatted(answered, source, stated)));
        }
        Optional<Instant> crl =
                Optional.ofNullable(criteria.fullCrls().get(facts.place().issuer().key()));
        if (crl.isPresent() && !facts.isIn(SourceKind.CRLS) && isOmitted(answered, crl.get())) {
            add(
                    DifferenceKind.REVOCATION_DIFFERS,
                    "answered %s, and the full CRL of %s does not list it"
                            .formatted(answered, crl.get()));
        }
    }

    /// A source without a usable date agrees with any.
    private Revocation dated(Revocation stated, StatedStatus answered) {
        return stated.at().isBefore(criteria.now()) || answered.revokedAt().isEmpty()
                ? stated
                : new Revocation(
                        answered.revokedAt().get(), stated.reason(), stated.invalidityDate());
    }

    /// A CRL lists what was revoked before it was made and had not ended (RFC 5280 §3.3).
    private boolean isOmitted(StatedStatus answered, Instant crl) {
        boolean current = facts.notAfter().filter(end -> !end.isAfter(crl)).isEmpty();
        return current && answered.revokedAt().filter(at -> at.isBefore(crl)).isPresent();
    }

    /// A status as a response states it, given or expected.
    ///
    /// @param revokedAt empty while good
    /// @param reason CRLReason number; empty if none is stated, which is the same as `unspecified`
    record StatedStatus(Optional<Instant> revokedAt, OptionalInt reason) {
        static StatedStatus of(ParsedSingleResponse single) {
            Optional<Instant> at =
                    single.status() == ParsedSingleResponse.Status.REVOKED
                            ? single.revokedAt()
                                    .flatMap(TimeReading::at)
                                    .or(() -> Optional.of(Instant.EPOCH))
                            : Optional.empty();
            boolean none =
                    single.reason().isEmpty()
                            || single.reason().getAsInt() == RevocationReason.UNSPECIFIED.code();
            return new StatedStatus(at, none ? OptionalInt.empty() : single.reason());
        }

        static StatedStatus of(CertStatus status) {
            return switch (status) {
                case CertStatus.Revoked(Instant at, Optional<RevocationReason> reason) ->
                        new StatedStatus(
                                Optional.of(at),
                                reason.stream().mapToInt(RevocationReason::code).findFirst());
                case CertStatus.Good _, CertStatus.Unknown _ ->
                        new StatedStatus(Optional.empty(), OptionalInt.empty());
            };
        }

        /// The expected answer where a CRL or list states a revocation: a profile may forbid its
        /// reason.
        static StatedStatus of(Revocation stated, IssuerProfile profile) {
            StatusRecord record =
                    new StatusRecord.Assigned(
                            AssignedBy.REVOCATION, Optional.empty(), Optional.of(stated));
            return of(StatusMapper.of(record, profile).orElseThrow());
        }

        @Override
        public String toString() {
            if (revokedAt.isEmpty()) {
                return "good";
            }
            String why =
                    reason.isEmpty()
                            ? "without a reason"
                            : RevocationReason.ofCode(reason.getAsInt())
                                    .map(RevocationReason::toString)
                                    .orElse("reason " + reason.getAsInt());
            return "revoked %s, %s".formatted(revokedAt.get(), why);
        }
    }

    /// The precertificates and certificates with one serial, from all sources.
    static final class DocumentEvidence {
        private static final List<SourceKind> SOURCES =
                List.of(SourceKind.STORE, SourceKind.FILES, SourceKind.LOGS);

        private DocumentEvidence() {}

        static boolean isFromLog(StatusDetails.Evidence evidence) {
            return evidence.source().isLog();
        }

        /// From the store, files and logs, in this order.
        static Stream<StatusDetails.Evidence> evidence(SerialEvidence facts) {
            return SOURCES.stream()
                    .flatMap(source -> facts.dossier(source).stream())
                    .flatMap(dossier -> dossier.evidence().stream());
        }

        /// Such as `precertificate 1a2b… (certificates new.pem)`.
        static String text(StatusDetails.Evidence evidence) {
            String sha256 =
                    evidence.commitment().map(it -> " " + it.documentSha256().toHex()).orElse("");
            return "%s%s (%s %s)"
                    .formatted(
                            evidence.by(),
                            sha256,
                            evidence.source().kind(),
                            evidence.source().name());
        }

        /// Its position in a log.
        static String sighting(SerialEvidence facts) {
            return facts.dossier(SourceKind.LOGS).stream()
                    .flatMap(dossier -> dossier.history().stream())
                    .map(StatusDetails.Event::what)
                    .findFirst()
                    .orElse("known from logs");
        }

        /// Two documents that belong to different certificates, or empty (SS-11 to SS-13).
        static Optional<String> conflict(SerialEvidence facts) {
            List<StatusDetails.Evidence> documents =
                    evidence(facts).filter(it -> it.commitment().isPresent()).toList();
            for (StatusDetails.Evidence other : documents) {
                StatusDetails.Evidence first = documents.getFirst();
                if (!content(first).equals(content(other))) {
                    boolean same =
                            first.by() == other.by() && other.by() == AssignedBy.PRECERTIFICATE;
                    return Optional.of(
                            "%s and %s are different certificates (%s)"
                                    .formatted(text(first), text(other), same ? "SS-12" : "SS-13"));
                }
            }
            return disputed(facts).stream().findFirst();
        }

        private static String content(StatusDetails.Evidence evidence) {
            return evidence.commitment()
                    .map(CertificateFingerprint::contentSha256)
                    .orElseThrow()
                    .toHex();
        }

        /// Conflicts that a source found itself.
        private static List<String> disputed(SerialEvidence facts) {
            List<String> all = new ArrayList<>();
            for (SourceKind source : SOURCES) {
                for (StatusDetails.Conflict conflict :
                        facts.dossier(source).map(StatusDetails::conflicts).orElse(List.of())) {
                    all.add(
                            "%s (%s %s)"
                                    .formatted(
                                            conflict.why(),
                                            conflict.source().kind(),
                                            conflict.source().name()));
                }
            }
            return all;
        }
    }
}
