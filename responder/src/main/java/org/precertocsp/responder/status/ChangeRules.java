package org.precertocsp.responder.status;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Decides the effect of each change on the record of its serial. Pure, and used by every store, so
/// all of them obey the invariants of assignment and revocation.
///
/// An announcement never hides an answer, and cancelling it never unassigns. See [AssignRules] for
/// evidence and conflicts, [RevokeRules] for what may amend a revocation.
///
/// A revocation of a serial that is not revoked is never rejected, except `removeFromCRL`: so a
/// list that assigns a serial and revokes it, two changes of one set, cannot leave it good.
///
/// Every change is idempotent: applied again at once, it leaves the record unchanged. Assignments
/// of one certificate and one revocation lead to the same answer and notAfter in any order.
public final class ChangeRules {
    /// Maximum documents and, separately, conflicts stored per serial. A certificate, its
    /// precertificate and some re-signed ones are usual; a hundred indicates a faulty feed.
    public static final int MAX_DOCUMENTS = 100;

    // GeneralizedTime has four digits for the year (RFC 5280 §4.1.2.5.2).
    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    private ChangeRules() {}

    public static ChangeDecision judge(CurrentState known, StatusChange change) {
        ChangeDecision judgement =
                switch (change) {
                    case StatusChange.Announce announce -> announce(known, announce);
                    case StatusChange.CancelAnnouncement _ -> cancelAnnouncement(known);
                    case StatusChange.Assign assign -> AssignRules.judge(known, storable(assign));
                    case StatusChange.Revoke revoke -> RevokeRules.judge(known, storable(revoke));
                };
        assertNothingIsUndone(known.record(), judgement.record(), change);
        return judgement;
    }

    /// Whether certificates and responses can encode a date: their years have four digits.
    public static boolean isStorable(Instant date) {
        return !date.isBefore(FIRST) && !date.isAfter(LAST);
    }

    // Feeds omit dates that cannot be stored, with a warning. If one does not, the change still
    // applies: rejecting it because of its date would leave a revoked certificate good.
    private static StatusChange.Assign storable(StatusChange.Assign assign) {
        return assign.notAfter().filter(date -> !isStorable(date)).isEmpty()
                ? assign
                : new StatusChange.Assign(
                        assign.key(),
                        assign.by(),
                        Optional.empty(),
                        assign.commitment(),
                        assign.seen(),
                        assign.published(),
                        assign.ca());
    }

    private static StatusChange.Revoke storable(StatusChange.Revoke revoke) {
        Revocation stated = revoke.revocation();
        boolean usual =
                isStorable(stated.at())
                        && stated.invalidityDate().filter(date -> !isStorable(date)).isEmpty()
                        && revoke.notAfter().filter(date -> !isStorable(date)).isEmpty();
        return usual
                ? revoke
                : new StatusChange.Revoke(
                        revoke.key(),
                        new Revocation(
                                nearest(stated.at()),
                                stated.reason(),
                                stated.invalidityDate().filter(ChangeRules::isStorable)),
                        revoke.notAfter().filter(ChangeRules::isStorable),
                        revoke.dateAssumed() || !isStorable(stated.at()));
    }

    private static Instant nearest(Instant date) {
        return date.isBefore(FIRST) ? FIRST : date.isAfter(LAST) ? LAST : date;
    }

    private static ChangeDecision announce(CurrentState known, StatusChange.Announce change) {
        if (!isStorable(change.at())) {
            return ChangeDecision.refused(
                    known, change.at() + " is outside the years 0000 to 9999 of certificates");
        }
        if (known.record().isEmpty()) {
            return ChangeDecision.of(
                    new ChangeOutcome.Added(),
                    new StatusRecord.Announced(change.at()),
                    new ChangeEffect.Happened("announced"));
        }
        return switch (known.record().get()) {
            case StatusRecord.Announced _ -> ChangeDecision.unchanged(known);
            case StatusRecord.Assigned assigned ->
                    ChangeDecision.refused(
                            known,
                            "already assigned by %s: announcing it would hide its answer"
                                    .formatted(assigned.by()));
        };
    }

    private static ChangeDecision cancelAnnouncement(CurrentState known) {
        if (known.record().isEmpty()) {
            return ChangeDecision.unchanged(known);
        }
        return switch (known.record().get()) {
            case StatusRecord.Announced announced -> {
                String what = "announcement of %s cancelled".formatted(announced.at());
                yield new ChangeDecision(
                        new ChangeOutcome.Changed(what),
                        Optional.empty(),
                        List.of(new ChangeEffect.Happened(what)));
            }
            case StatusRecord.Assigned assigned ->
                    ChangeDecision.refused(
                            known,
                            "assigned by %s: an assigned serial stays assigned (SS-01)"
                                    .formatted(assigned.by()));
        };
    }

    /// Invariants 1 and 4. A violation is a bug in these rules, and stops the load before it is
    /// stored.
    private static void assertNothingIsUndone(
            Optional<StatusRecord> before, Optional<StatusRecord> after, StatusChange change) {
        boolean unassigned = isAssigned(before) && !isAssigned(after);
        boolean unrevoked = isRevoked(before) && !isRevoked(after);
        if (unassigned || unrevoked) {
            throw new IllegalStateException(
                    "%s would undo %s (a bug)".formatted(change, before.orElseThrow()));
        }
    }

    private static boolean isAssigned(Optional<StatusRecord> record) {
        return record.isPresent() && record.get() instanceof StatusRecord.Assigned;
    }

    private static boolean isRevoked(Optional<StatusRecord> record) {
        return record.isPresent()
                && record.get() instanceof StatusRecord.Assigned assigned
                && assigned.revocation().isPresent();
    }
}
