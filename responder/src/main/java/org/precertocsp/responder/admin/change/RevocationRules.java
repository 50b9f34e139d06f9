package org.precertocsp.responder.admin.change;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.Revocation;

/// What a caller may say of a revocation.
///
/// Feeds tell what has happened, so what a profile forbids is withheld there and the revocation
/// counts. A caller decides what is to happen and can say it better, so here it is refused.
///
/// @param now dates after it are refused, but for clocks that differ
record RevocationRules(IssuerProfile profile, Instant now) {
    static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);

    /// How late a revocation may be told without a word about it.
    static final Duration USUAL_DELAY = Duration.ofHours(24);

    void check(Revocation claimed, Optional<String> comment) throws Objection {
        checkReason(claimed.reason());
        if (claimed.at().isAfter(now.plus(CLOCKS_DIFFER))) {
            throw Objection.field("date", "%s is in the future".formatted(claimed.at()));
        }
        checkInvalidityDate(claimed);
        checkBackdating(claimed, comment);
    }

    /// As [#check], for another date or reason: a date that stays was accepted before.
    void checkAmendment(Revocation before, Revocation after, Optional<String> comment)
            throws Objection {
        if (after.at().isBefore(before.at())) {
            check(after, comment);
        } else {
            check(after, Optional.of("the date does not move back"));
        }
    }

    private void checkReason(RevocationReason reason) throws Objection {
        if (reason == RevocationReason.REMOVE_FROM_CRL) {
            throw Objection.field("reason", "removeFromCRL (8) revokes nothing (CR-09)");
        }
        if (!profile.allowedReasons().contains(reason)) {
            throw Objection.field(
                    "reason",
                    "%s (%d) is not allowed by profile %s (CR-08)"
                            .formatted(reason, reason.code(), profile.name()));
        }
    }

    private void checkInvalidityDate(Revocation claimed) throws Objection {
        if (claimed.invalidityDate().isEmpty()) {
            return;
        }
        Instant invalid = claimed.invalidityDate().get();
        if (profile.datesFollowCompromise() && !invalid.equals(claimed.at())) {
            throw Objection.field(
                    "invalidityDate",
                    "%s differs from the revocation date %s, which profile %s forbids (CR-14)"
                            .formatted(invalid, claimed.at(), profile.name()));
        }
        if (invalid.isAfter(claimed.at())) {
            throw Objection.field(
                    "invalidityDate",
                    "%s is after the revocation date %s".formatted(invalid, claimed.at()));
        }
    }

    /// Moving a date back rewrites what relying parties were told, so it wants a reason: the
    /// compromise (CR-12), a profile whose dates follow it (CR-13), or a comment that says who
    /// asked for it (CR-15).
    private void checkBackdating(Revocation claimed, Optional<String> comment) throws Objection {
        boolean free =
                !profile.strict()
                        || profile.datesFollowCompromise()
                        || claimed.reason() == RevocationReason.KEY_COMPROMISE
                        || comment.isPresent();
        if (!free && claimed.at().isBefore(now.minus(USUAL_DELAY))) {
            throw Objection.field(
                    "date",
                    ("%s is more than %d hours ago: profile %s wants reason keyCompromise or a"
                                    + " comment that says why (CR-12)")
                            .formatted(claimed.at(), USUAL_DELAY.toHours(), profile.name()));
        }
    }
}
