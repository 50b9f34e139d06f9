package org.precertocsp.responder.monitor.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.precertocsp.responder.answer.PublicStatus;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.StatusRecord;

/// Finds the differences between all sources and the answer for one serial. Pure.
final class Comparison {
    private final Criteria criteria;
    private final Facts facts;
    private final List<Difference> found = new ArrayList<>();

    private Comparison(Criteria criteria, Facts facts) {
        this.criteria = criteria;
        this.facts = facts;
    }

    /// Whether the serial is to be compared at all.
    static boolean matters(Criteria criteria, Facts facts) {
        boolean onlyStored = facts.place().sources().stream().allMatch(it -> it == Source.STORE);
        boolean old =
                criteria.since().isPresent()
                        && onlyStored
                        && facts.lastChanged()
                                .filter(it -> !it.isBefore(criteria.since().get()))
                                .isEmpty();
        return facts.isCommitted() && !old && !isExpired(criteria, facts);
    }

    /// Its record may have been deleted (SA-15).
    private static boolean isExpired(Criteria criteria, Facts facts) {
        Duration kept =
                facts.place().issuer().profile().retentionPastExpiry().orElse(Duration.ZERO);
        return facts.notAfter().filter(end -> end.plus(kept).isBefore(criteria.now())).isPresent();
    }

    static List<Difference> of(Criteria criteria, Facts facts) {
        Comparison comparison = new Comparison(criteria, facts);
        comparison.answer();
        comparison.store();
        comparison.logs();
        Documents.conflict(facts).ifPresent(it -> comparison.add(Kind.CONFLICT, it));
        comparison.revocations();
        return comparison.found;
    }

    private void add(Kind kind, String seen) {
        found.add(
                new Difference(
                        kind, facts.place().issuer().name(), facts.place().serial().toHex(), seen));
    }

    private void answer() {
        switch (facts.said()) {
            case Said.Definitive _, Said.NotAsked _ -> {}
            case Said.Denied(String what) -> add(Kind.UNANSWERED, what + "; known from " + known());
            case Said.Failed(String why) -> add(Kind.UNANSWERED, why + "; known from " + known());
        }
    }

    private String known() {
        return facts.place().sources().stream()
                .map(Source::toString)
                .collect(Collectors.joining(", "));
    }

    private void store() {
        Optional<StatusRecord.Assigned> stored = facts.assigned(Source.STORE);
        boolean fed = facts.isIn(Source.FILES) || facts.isIn(Source.CRLS);
        if (stored.isEmpty() && fed) {
            add(Kind.NOT_IN_STORE, "known from " + known());
        }
        if (facts.said() instanceof Said.Definitive(var single)) {
            Answered answered = Answered.of(single);
            if (stored.isEmpty()) {
                add(
                        Kind.STORE_DIFFERS,
                        "answered %s, and the store does not know it: does this server use this"
                                        .formatted(answered)
                                + " store?");
            } else {
                Answered owed =
                        Answered.of(
                                PublicStatus.of(stored.get(), facts.place().issuer().profile())
                                        .orElseThrow());
                if (!owed.equals(answered)) {
                    add(
                            Kind.STORE_DIFFERS,
                            "answered %s, the store says %s".formatted(answered, owed));
                }
            }
        }
    }

    private void logs() {
        neverFed().ifPresent(it -> add(Kind.NEVER_FED, it));
        if (criteria.logs() && !facts.isIn(Source.LOGS)) {
            unlogged().ifPresent(it -> add(Kind.UNLOGGED, it));
        }
    }

    private Optional<String> neverFed() {
        Optional<String> noted = Optional.ofNullable(criteria.noted().get(facts.place().key()));
        if (noted.isPresent()) {
            return noted;
        }
        boolean fed = facts.isIn(Source.FILES) || facts.assigned(Source.STORE).isPresent();
        return facts.isIn(Source.LOGS) && !fed
                ? Optional.of("the store does not know it; " + Documents.sighting(facts))
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
                : Documents.evidence(facts)
                        .filter(evidence -> evidence.by() == AssignedBy.PRECERTIFICATE)
                        .filter(evidence -> !Documents.isFromLog(evidence))
                        .findFirst()
                        .map(evidence -> Documents.text(evidence) + " is in none of the logs");
    }

    /// Compares the answer with CRLs and lists: revoked or not, when and why.
    private void revocations() {
        if (!(facts.said() instanceof Said.Definitive(var single))) {
            return;
        }
        Answered answered = Answered.of(single);
        for (Source source : List.of(Source.CRLS, Source.FILES)) {
            facts.revocation(source)
                    .map(it -> dated(it, answered))
                    .map(it -> Answered.of(it, facts.place().issuer().profile()))
                    .filter(stated -> !stated.equals(answered))
                    .ifPresent(
                            stated ->
                                    add(
                                            Kind.REVOCATION_DIFFERS,
                                            "answered %s, the %s say %s"
                                                    .formatted(answered, source, stated)));
        }
        Optional<Instant> crl =
                Optional.ofNullable(criteria.fullCrls().get(facts.place().issuer().key()));
        if (crl.isPresent() && !facts.isIn(Source.CRLS) && isOmitted(answered, crl.get())) {
            add(
                    Kind.REVOCATION_DIFFERS,
                    "answered %s, and the full CRL of %s does not list it"
                            .formatted(answered, crl.get()));
        }
    }

    /// A source without a usable date agrees with any.
    private Revocation dated(Revocation stated, Answered answered) {
        return stated.at().isBefore(criteria.now()) || answered.revokedAt().isEmpty()
                ? stated
                : new Revocation(
                        answered.revokedAt().get(), stated.reason(), stated.invalidityDate());
    }

    /// A CRL lists what was revoked before it was made and had not ended (RFC 5280 §3.3).
    private boolean isOmitted(Answered answered, Instant crl) {
        boolean current = facts.notAfter().filter(end -> !end.isAfter(crl)).isEmpty();
        return current && answered.revokedAt().filter(at -> at.isBefore(crl)).isPresent();
    }
}
