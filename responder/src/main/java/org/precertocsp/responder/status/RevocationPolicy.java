package org.precertocsp.responder.status;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;

/// Decides which parts of a revocation an issuer's profile allows to be recorded: the only place
/// for every feed and the API. [ChangeRules] decide afterwards the effect of the revocation on its
/// serial.
///
/// A profile forbids what may be *shown*, never that a certificate *is* revoked. The same rules
/// lead to two results:
///
/// - A feed reports past events ([#judge]). A forbidden reason or date is omitted with a remark,
///   and the revocation counts: dropping it would make us answer good for a certificate its CA has
///   revoked. In particular a hold, if the profile allows no suspension (SA-04), becomes a
///   revocation without a reason.
/// - A caller of the API requests a change ([#check]). They can correct their request, so it is
///   rejected, also for values that a feed may contain without a remark: moving a date back
///   contradicts earlier answers to relying parties, and needs a reason.
///
/// Dates at which no certificate can be revoked are omitted or rejected, too: an OCSP response has
/// four digits for the year, and some clients do not accept year 0; programs write 0001-01-01,
/// 1601-01-01 or 1970-01-01 for "none"; and for some clients, Java among them, a certificate
/// revoked in the future is not revoked yet.
///
/// @param now revocation dates after it cannot be used
/// @param standIn the date of a revocation whose own cannot be used; the same whenever the source
///   is read again
public record RevocationPolicy(IssuerProfile profile, Instant now, Instant standIn) {
    /// Permitted clock difference of callers.
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(1);

    /// Maximum age of a caller's revocation date without a reason for it.
    private static final Duration USUAL_DELAY = Duration.ofHours(24);

    /// Used if there is no better replacement for a date than the time of intake.
    public RevocationPolicy(IssuerProfile profile, Instant now) {
        this(profile, now, now);
    }

    public RevocationPolicy {
        standIn = standIn.isAfter(now) ? now : standIn;
    }

    /// The part of a revocation that may be recorded, if a feed reports it.
    public sealed interface Verdict {
        /// @param dateAssumed whether the revocation's date is the replacement
        /// @param remarks for the operator: omitted parts and suspicious values; mostly empty
        record Accepted(Revocation revocation, boolean dateAssumed, List<String> remarks)
                implements Verdict {
            public Accepted {
                remarks = List.copyOf(remarks);
            }

            /// The change that records it.
            public StatusChange.Revoke change(SerialKey key, Optional<Instant> notAfter) {
                return new StatusChange.Revoke(key, revocation, notAfter, dateAssumed);
            }
        }

        /// The entry revokes nothing.
        record Refused(String why) implements Verdict {}
    }

    /// Why a caller's request is rejected.
    ///
    /// @param part the part of the revocation at fault
    public record Violation(Part part, String what) {}

    /// A part of a revocation, as the API names it.
    public enum Part {
        REASON("reason"),
        DATE("date"),
        INVALIDITY_DATE("invalidityDate");

        private final String word;

        Part(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /// Whether a date is real, and not a program's value for none; a future one is.
    public static boolean isReadable(Instant date) {
        return date.isAfter(Instant.EPOCH) && ChangeRules.isStorable(date);
    }

    /// Whether the revocation of a CA certificate must have a reason (SA-09, CR-07).
    public boolean caMustHaveReason() {
        return profile.strict();
    }

    /// Decides which part of a revocation may be recorded, if a feed reports it.
    public Verdict judge(Revocation claimed) {
        if (removesEntry(claimed)) {
            return new Verdict.Refused(revokesNothing());
        }
        return forbiddenReason(claimed).isEmpty()
                        && forbiddenInvalidityDate(claimed).isEmpty()
                        && !claimed.at().isAfter(now)
                        && isReadable(claimed.at())
                        && claimed.invalidityDate().filter(date -> !isReadable(date)).isEmpty()
                ? new Verdict.Accepted(claimed, false, List.of())
                : leaveOut(claimed);
    }

    /// As [#judge], for a source without a readable date.
    public Verdict judgeUndated(RevocationReason reason, Optional<Instant> invalidityDate) {
        return switch (judge(new Revocation(standIn, reason, invalidityDate))) {
            case Verdict.Refused refused -> refused;
            case Verdict.Accepted accepted ->
                    new Verdict.Accepted(accepted.revocation(), true, accepted.remarks());
        };
    }

    private Verdict leaveOut(Revocation claimed) {
        List<String> remarks = new ArrayList<>();
        boolean dateAssumed = !isReadable(claimed.at()) || claimed.at().isAfter(now);
        if (dateAssumed) {
            remarks.add(
                    "revocationDate %s is %s: revoked all the same, as of %s"
                            .formatted(
                                    claimed.at(),
                                    isReadable(claimed.at())
                                            ? "in the future"
                                            : "not a date of a revocation",
                                    standIn));
        }
        Instant at = dateAssumed ? standIn : claimed.at();
        Optional<Instant> invalidityDate = claimed.invalidityDate();
        if (invalidityDate.filter(date -> !isReadable(date)).isPresent()) {
            remarks.add(
                    "invalidityDate %s is not a date of a compromise: revoked without it"
                            .formatted(invalidityDate.get()));
            invalidityDate = Optional.empty();
        }
        RevocationReason reason = claimed.reason();
        Optional<String> forbidden = forbiddenReason(claimed);
        if (forbidden.isPresent()) {
            remarks.add(forbidden.get() + ": revoked without a reason");
            reason = RevocationReason.UNSPECIFIED;
        }
        Revocation left = new Revocation(at, reason, invalidityDate);
        Optional<String> twoDates = forbiddenInvalidityDate(left);
        if (twoDates.isPresent()) {
            remarks.add(twoDates.get() + ": revoked without the invalidityDate");
            left = new Revocation(at, reason, Optional.empty());
        }
        return new Verdict.Accepted(left, dateAssumed, remarks);
    }

    /// Why a revocation requested by a caller is rejected; empty if it is accepted.
    ///
    /// @param comment the caller's
    public Optional<Violation> check(Revocation requested, Optional<String> comment) {
        return check(requested, comment.isPresent());
    }

    /// Why another date or reason requested by a caller is rejected; empty if it is accepted. A
    /// date that stays, or moves forward, was accepted before.
    public Optional<Violation> checkAmendment(
            Revocation before, Revocation after, Optional<String> comment) {
        if (RevokeRules.saysLess(before, after)) {
            return violation(
                    Part.REASON, "%s is known: it is not taken back".formatted(before.reason()));
        }
        return check(after, comment.isPresent() || !after.at().isBefore(before.at()));
    }

    /// Why the revocation of a certificate that is known to be a CA's is rejected; empty if it is
    /// accepted.
    public Optional<Violation> checkCa(SerialKey key, Revocation requested) {
        return caMustHaveReason() && requested.reason() == RevocationReason.UNSPECIFIED
                ? violation(
                        Part.REASON,
                        "%s is the certificate of a CA, whose revocation must have a reason (SA-09, CR-07)"
                                .formatted(key.serial()))
                : Optional.empty();
    }

    private Optional<Violation> check(Revocation requested, boolean mayBackdate) {
        if (removesEntry(requested)) {
            return violation(Part.REASON, revokesNothing());
        }
        Optional<String> reason = forbiddenReason(requested);
        if (reason.isPresent()) {
            return violation(Part.REASON, reason.get());
        }
        if (requested.at().isAfter(now.plus(CLOCK_TOLERANCE))) {
            return violation(Part.DATE, "%s is in the future".formatted(requested.at()));
        }
        Optional<String> twoDates = forbiddenInvalidityDate(requested);
        if (twoDates.isPresent()) {
            return violation(Part.INVALIDITY_DATE, twoDates.get());
        }
        Predicate<Instant> isLater = date -> date.isAfter(requested.at());
        if (requested.invalidityDate().filter(isLater).isPresent()) {
            return violation(
                    Part.INVALIDITY_DATE,
                    "%s is after the revocation date %s"
                            .formatted(requested.invalidityDate().get(), requested.at()));
        }
        return mayBackdate ? Optional.empty() : checkBackdating(requested);
    }

    /// An earlier date requires the compromise (CR-12), a profile whose dates follow it (CR-13), or
    /// a comment that names the requester (CR-15).
    private Optional<Violation> checkBackdating(Revocation requested) {
        boolean free =
                !profile.strict()
                        || profile.datesFollowCompromise()
                        || requested.reason() == RevocationReason.KEY_COMPROMISE;
        return free || !requested.at().isBefore(now.minus(USUAL_DELAY))
                ? Optional.empty()
                : violation(
                        Part.DATE,
                        ("%s is more than %d hours ago: profile %s requires reason keyCompromise or"
                                        + " a comment that says why (CR-12)")
                                .formatted(requested.at(), USUAL_DELAY.toHours(), profile.name()));
    }

    private static Optional<Violation> violation(Part part, String what) {
        return Optional.of(new Violation(part, what));
    }

    private static boolean removesEntry(Revocation claimed) {
        return claimed.reason() == RevocationReason.REMOVE_FROM_CRL;
    }

    private static String revokesNothing() {
        return "removeFromCRL (8) revokes nothing (CR-09)";
    }

    private Optional<String> forbiddenReason(Revocation claimed) {
        return profile.allowedReasons().contains(claimed.reason())
                ? Optional.empty()
                : Optional.of(
                        "reason %s (%d) is not allowed by profile %s (CR-08)"
                                .formatted(
                                        claimed.reason(), claimed.reason().code(), profile.name()));
    }

    private Optional<String> forbiddenInvalidityDate(Revocation claimed) {
        return !profile.datesFollowCompromise()
                        || claimed.invalidityDate()
                                .filter(date -> !date.equals(claimed.at()))
                                .isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "invalidityDate %s differs from revocationDate %s, which profile %s forbids (CR-14)"
                                .formatted(
                                        claimed.invalidityDate().get(),
                                        claimed.at(),
                                        profile.name()));
    }
}
