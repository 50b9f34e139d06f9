package org.precertocsp.responder.status;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;

/// Decides what a precertificate, certificate or issuance list changes (SS-01, SS-11 to SS-13).
///
/// Documents with one contentSha256 belong to one certificate and are collected as evidence, in any
/// order; one with another contentSha256 is a conflict and changes nothing else. A document
/// outweighs a list, and a list outweighs a bare revocation: the heavier one determines what
/// assigned the serial and when its certificate expires. A lighter one that states another expiry
/// is rejected, so that the disagreement is seen; it never changes the answer. A revocation stays.
final class AssignRules {
    private AssignRules() {}

    static ChangeDecision judge(CurrentState known, StatusChange.Assign change) {
        if (known.record().isEmpty()) {
            ChangeEffect carried = new ChangeEffect.Carried(change.by(), change.commitment());
            List<ChangeEffect> findings =
                    change.seen().isEmpty()
                            ? List.of(carried)
                            : List.of(carried, new ChangeEffect.Happened(change.seen().get()));
            return new ChangeDecision(
                    new ChangeOutcome.Added(),
                    Optional.of(
                            new StatusRecord.Assigned(
                                    change.by(), change.notAfter(), Optional.empty(), change.ca())),
                    findings);
        }
        return switch (known.record().get()) {
            case StatusRecord.Announced announced -> afterAnnouncement(announced, change);
            case StatusRecord.Assigned assigned -> again(known, assigned, change);
        };
    }

    private static ChangeDecision afterAnnouncement(
            StatusRecord.Announced announced, StatusChange.Assign change) {
        String what = "assigned by " + change.by() + seen(change);
        return ChangeDecision.of(
                new ChangeOutcome.Changed(what, true),
                new StatusRecord.Assigned(
                        change.by(), change.notAfter(), Optional.empty(), change.ca()),
                new ChangeEffect.Carried(change.by(), change.commitment()),
                new ChangeEffect.Happened("announced %s → %s".formatted(announced.at(), what)));
    }

    private static ChangeDecision again(
            CurrentState known, StatusRecord.Assigned assigned, StatusChange.Assign change) {
        if (change.commitment().isPresent()) {
            CertificateFingerprint commitment = change.commitment().get();
            for (ChangeEffect.Carried earlier : known.carried()) {
                if (earlier.commitment().isPresent()
                        && !sameContent(earlier.commitment().get(), commitment)) {
                    return conflict(known, earlier, change.by(), commitment);
                }
            }
        }
        if (weight(change) > weight(assigned.by())
                && disagree(assigned.notAfter(), change.notAfter())) {
            return ChangeDecision.refused(
                    known,
                    "its %s says it ends %s, not %s"
                            .formatted(
                                    assigned.by(),
                                    assigned.notAfter().orElseThrow(),
                                    change.notAfter().orElseThrow()));
        }
        return complete(known, assigned, change);
    }

    private static boolean sameContent(CertificateFingerprint one, CertificateFingerprint other) {
        return one.contentSha256().equals(other.contentSha256());
    }

    private static ChangeDecision conflict(
            CurrentState known,
            ChangeEffect.Carried earlier,
            AssignedBy by,
            CertificateFingerprint commitment) {
        ByteString earlierDocument = earlier.commitment().orElseThrow().documentSha256();
        String why =
                "%s %s is not of the same certificate as %s %s under this serial (%s)"
                        .formatted(
                                by,
                                commitment.documentSha256(),
                                earlier.by(),
                                earlierDocument,
                                by == earlier.by() ? "SS-12" : "SS-13");
        boolean noted =
                known.disputed().size() >= ChangeRules.MAX_DOCUMENTS
                        || known.disputed().stream()
                                .anyMatch(old -> old.commitment().equals(commitment));
        return new ChangeDecision(
                new ChangeOutcome.Conflict(why),
                known.record(),
                noted ? List.of() : List.of(new ChangeEffect.Disputed(why, commitment)));
    }

    private static ChangeDecision complete(
            CurrentState known, StatusRecord.Assigned assigned, StatusChange.Assign change) {
        boolean heavier = weight(change.by()) < weight(assigned.by());
        StatusRecord.Assigned next =
                new StatusRecord.Assigned(
                        heavier ? change.by() : assigned.by(),
                        notAfter(assigned, change.notAfter(), weight(change)),
                        assigned.revocation(),
                        assigned.ca() || change.ca());
        boolean newDocument = isNewDocument(known, change);
        if (newDocument && known.carried().size() >= ChangeRules.MAX_DOCUMENTS) {
            return ChangeDecision.refused(
                    known, ChangeRules.MAX_DOCUMENTS + " documents carry this serial already");
        }
        List<ChangeEffect> findings = new ArrayList<>();
        if (newDocument || heavier) {
            findings.add(new ChangeEffect.Carried(change.by(), change.commitment()));
        }
        String what = difference(assigned, next);
        if (!what.isEmpty()) {
            what += newDocument ? seen(change) : "";
            findings.add(new ChangeEffect.Happened(what));
        } else if (newDocument) {
            what = change.by() + " seen";
            change.seen().ifPresent(place -> findings.add(new ChangeEffect.Happened(place)));
        } else {
            return new ChangeDecision(
                    new ChangeOutcome.Unchanged(assigned.revocation().isPresent()),
                    known.record(),
                    List.of());
        }
        return new ChangeDecision(new ChangeOutcome.Changed(what), Optional.of(next), findings);
    }

    private static String seen(StatusChange.Assign change) {
        return change.seen().map(place -> ", " + place).orElse("");
    }

    private static boolean isNewDocument(CurrentState known, StatusChange.Assign change) {
        return change.commitment().isPresent()
                && known.carried().stream()
                        .noneMatch(old -> old.commitment().equals(change.commitment()));
    }

    /// The expiry of the certificate after a statement of the given weight; the latest of equal
    /// weight wins, since lists are corrected.
    static Optional<Instant> notAfter(
            StatusRecord.Assigned assigned, Optional<Instant> stated, int weight) {
        boolean taken = assigned.notAfter().isEmpty() || weight <= weight(assigned.by());
        return taken && stated.isPresent() ? stated : assigned.notAfter();
    }

    static boolean disagree(Optional<Instant> one, Optional<Instant> other) {
        return one.isPresent() && other.isPresent() && !one.equals(other);
    }

    /// Empty if nothing of the assignment changed.
    static String difference(StatusRecord.Assigned before, StatusRecord.Assigned after) {
        List<String> parts = new ArrayList<>();
        if (before.by() != after.by()) {
            parts.add("assigned by %s → %s".formatted(before.by(), after.by()));
        }
        if (!before.notAfter().equals(after.notAfter())) {
            parts.add(
                    "notAfter %s → %s".formatted(text(before.notAfter()), text(after.notAfter())));
        }
        if (after.ca() && !before.ca()) {
            parts.add(
                    RevokeRules.lacksReason(after)
                            ? RevokeRules.CA_WITHOUT_REASON
                            : "a CA certificate");
        }
        return String.join(", ", parts);
    }

    static String text(Optional<Instant> date) {
        return date.map(Instant::toString).orElse("none");
    }

    /// Without a document, even a statement about a certificate is indirect evidence.
    private static int weight(StatusChange.Assign change) {
        return change.commitment().isPresent() ? 0 : Math.max(1, weight(change.by()));
    }

    /// The smaller the heavier.
    static int weight(AssignedBy by) {
        return switch (by) {
            case PRECERTIFICATE, CERTIFICATE -> 0;
            case DECLARATION -> 1;
            case REVOCATION -> 2;
        };
    }
}
