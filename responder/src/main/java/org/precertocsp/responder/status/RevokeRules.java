package org.precertocsp.responder.status;

import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.Asn1Time;
import org.precertocsp.ocsp.RevocationReason;

/// Decides what a revocation changes, and which statements may amend one (SA-11, CR-11 to CR-13).
///
/// Nothing undoes a revocation; removeFromCRL is rejected. Of two statements the later one wins,
/// except if it contains less information:
///
/// - no reason (`unspecified`) does not erase a reason, and no invalidityDate does not erase one;
/// - a statement without a reason moves the date of one with a reason back, never forward: feeds
///   without reasons usually know only when they learned of the revocation;
/// - certificateHold yields to any other statement, `unspecified` included, since a CRL entry that
///   drops the hold means that the revocation is final; a final revocation never becomes a hold;
/// - an assumed date, for a statement without one, never replaces a date;
/// - an invalidityDate equal to the revocationDate moves with it, as code signing requires (CR-14).
final class RevokeRules {
    /// Suffix of messages about a CA certificate that is revoked without a reason (SA-09, CR-07).
    static final String CA_WITHOUT_REASON =
            "a CA certificate revoked without a reason, which must have one (SA-09, CR-07)";

    private RevokeRules() {}

    static boolean lacksReason(StatusRecord.Assigned assigned) {
        return assigned.ca()
                && assigned.revocation()
                        .filter(it -> it.reason() == RevocationReason.UNSPECIFIED)
                        .isPresent();
    }

    static ChangeDecision judge(CurrentState known, StatusChange.Revoke change) {
        if (change.revocation().reason() == RevocationReason.REMOVE_FROM_CRL) {
            return ChangeDecision.refused(known, "removeFromCRL is not a revocation (CR-09)");
        }
        if (known.record().isEmpty()) {
            return ChangeDecision.of(
                    new ChangeOutcome.AddedByRevocation(),
                    assignedByRevocation(change),
                    new ChangeEffect.Carried(AssignedBy.REVOCATION, Optional.empty()));
        }
        return switch (known.record().get()) {
            case StatusRecord.Announced announced ->
                    ChangeDecision.of(
                            new ChangeOutcome.AddedByRevocation(),
                            assignedByRevocation(change),
                            new ChangeEffect.Carried(AssignedBy.REVOCATION, Optional.empty()),
                            new ChangeEffect.Happened(
                                    "announced %s → %s"
                                            .formatted(announced.at(), text(change.revocation()))));
            case StatusRecord.Assigned assigned -> revoke(known, assigned, change);
        };
    }

    private static StatusRecord assignedByRevocation(StatusChange.Revoke change) {
        return new StatusRecord.Assigned(
                AssignedBy.REVOCATION, change.notAfter(), Optional.of(change.revocation()));
    }

    private static ChangeDecision revoke(
            CurrentState known, StatusRecord.Assigned assigned, StatusChange.Revoke change) {
        Optional<Revocation> before = assigned.revocation();
        Revocation stated = before.map(old -> stated(old, change)).orElse(change.revocation());
        Optional<String> objection = before.flatMap(old -> objection(old, stated));
        if (objection.isPresent()) {
            return ChangeDecision.refused(known, objection.get());
        }
        Revocation after = before.map(old -> amended(old, stated)).orElse(stated);
        StatusRecord.Assigned next =
                new StatusRecord.Assigned(
                        assigned.by(),
                        AssignRules.notAfter(
                                assigned,
                                change.notAfter(),
                                AssignRules.weight(AssignedBy.REVOCATION)),
                        Optional.of(after),
                        assigned.ca());
        if (next.equals(assigned)) {
            return ChangeDecision.unchanged(known);
        }
        String difference = difference(assigned, next, change.notAfter());
        String what = lacksReason(next) ? difference + ", " + CA_WITHOUT_REASON : difference;
        return ChangeDecision.of(
                new ChangeOutcome.Changed(what), next, new ChangeEffect.Happened(what));
    }

    private static Revocation stated(Revocation old, StatusChange.Revoke change) {
        Revocation stated = change.revocation();
        return change.dateAssumed()
                ? new Revocation(old.at(), stated.reason(), stated.invalidityDate())
                : stated;
    }

    private static Optional<String> objection(Revocation old, Revocation stated) {
        boolean wasFinal = old.reason() != RevocationReason.CERTIFICATE_HOLD;
        if (wasFinal && stated.reason() == RevocationReason.CERTIFICATE_HOLD) {
            return Optional.of(
                    "%s: a final revocation does not become a hold".formatted(text(old)));
        }
        if (saysLess(old, stated) && stated.at().isAfter(old.at())) {
            return Optional.of(
                    "%s: the later date %s is taken only with a reason"
                            .formatted(text(old), stated.at()));
        }
        return Optional.empty();
    }

    /// Whether a statement omits a reason that is known.
    static boolean saysLess(Revocation old, Revocation stated) {
        return stated.reason() == RevocationReason.UNSPECIFIED
                && old.reason() != RevocationReason.UNSPECIFIED
                && old.reason() != RevocationReason.CERTIFICATE_HOLD;
    }

    private static Revocation amended(Revocation old, Revocation stated) {
        Optional<Instant> kept =
                old.invalidityDate().map(date -> date.equals(old.at()) ? stated.at() : date);
        return new Revocation(
                stated.at(),
                saysLess(old, stated) ? old.reason() : stated.reason(),
                stated.invalidityDate().or(() -> kept));
    }

    private static String difference(
            StatusRecord.Assigned before, StatusRecord.Assigned after, Optional<Instant> stated) {
        List<String> parts = new ArrayList<>();
        Revocation now = after.revocation().orElseThrow();
        if (before.revocation().isEmpty()) {
            parts.add(text(now));
        } else {
            parts.addAll(amendments(before.revocation().get(), now));
        }
        String assignment = AssignRules.difference(before, after);
        if (!assignment.isEmpty()) {
            parts.add(assignment);
        }
        if (AssignRules.disagree(after.notAfter(), stated)) {
            parts.add(
                    "notAfter stays %s, though the feed says %s"
                            .formatted(
                                    AssignRules.text(after.notAfter()), AssignRules.text(stated)));
        }
        return String.join(", ", parts);
    }

    private static List<String> amendments(Revocation before, Revocation after) {
        List<String> parts = new ArrayList<>();
        if (!before.at().equals(after.at())) {
            parts.add("revocationDate %s → %s".formatted(before.at(), after.at()));
        }
        if (before.reason() != after.reason()) {
            parts.add("reason %s → %s".formatted(before.reason(), after.reason()));
        }
        if (!before.invalidityDate().equals(after.invalidityDate())) {
            parts.add(
                    "invalidityDate %s → %s"
                            .formatted(
                                    AssignRules.text(before.invalidityDate()),
                                    AssignRules.text(after.invalidityDate())));
        }
        return parts;
    }

    private static String text(Revocation revocation) {
        // Not a formatter: a list may revoke a million, and each has its line of history.
        String revoked = "revoked " + text(revocation.at()) + ": " + revocation.reason();
        return revocation.invalidityDate().isEmpty()
                ? revoked
                : revoked + ", invalid since " + text(revocation.invalidityDate().get());
    }

    /// As [Instant#toString], ten times as fast for whole seconds of years with four digits.
    private static String text(Instant time) {
        return ChangeRules.isStorable(time) && time.get(ChronoField.NANO_OF_SECOND) == 0
                ? Asn1Time.iso8601(time)
                : time.toString();
    }
}
