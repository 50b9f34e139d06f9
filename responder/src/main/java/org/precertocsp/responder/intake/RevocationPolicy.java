package org.precertocsp.responder.intake;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.ChangeRules;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

/// What an issuer's profile lets be recorded of a revocation; shared by every feed that brings
/// some.
///
/// A profile forbids what may be *shown*, never that a certificate *is* revoked. So a forbidden
/// reason or date is withheld and reported while the revocation counts: dropping it would have us
/// answer good for a certificate its CA has revoked. In particular a hold, where the profile knows
/// no suspension (SA-04), is a revocation without a reason.
///
/// The same holds for dates no certificate can be revoked at: an OCSP response has four digits for
/// the year, and some clients know no year 0; programs write 0001-01-01, 1601-01-01 or 1970-01-01
/// for "none"; and to some clients, Java among them, a certificate revoked in the future is not
/// revoked yet.
///
/// @param now revocation dates after it cannot be used
/// @param standIn the date of a revocation whose own cannot be used; the same whenever the source
///   is read again
public record RevocationPolicy(IssuerProfile profile, Instant now, Instant standIn) {
    /// Where nothing better than the time of intake stands in for a date.
    public RevocationPolicy(IssuerProfile profile, Instant now) {
        this(profile, now, now);
    }

    public RevocationPolicy {
        standIn = standIn.isAfter(now) ? now : standIn;
    }

    /// What may be recorded of a claimed revocation.
    public sealed interface Verdict {
        /// @param dateAssumed whether the revocation's date is the stand-in
        /// @param remarks for the operator: what was withheld or looks wrong; mostly empty
        record Accepted(Revocation revocation, boolean dateAssumed, List<String> remarks)
                implements Verdict {
            public Accepted {
                remarks = List.copyOf(remarks);
            }

            /// What the store is told.
            public StatusChange.Revoke change(SerialKey key, Optional<Instant> notAfter) {
                return new StatusChange.Revoke(key, revocation, notAfter, dateAssumed);
            }
        }

        /// The claim revokes nothing.
        record Refused(String why) implements Verdict {}
    }

    /// What may be recorded of a revocation whose source gave no date that could be read.
    public Verdict judgeUndated(RevocationReason reason, Optional<Instant> invalidityDate) {
        return switch (judge(new Revocation(standIn, reason, invalidityDate))) {
            case Verdict.Refused refused -> refused;
            case Verdict.Accepted accepted ->
                    new Verdict.Accepted(accepted.revocation(), true, accepted.remarks());
        };
    }

    public Verdict judge(Revocation claimed) {
        if (claimed.reason() == RevocationReason.REMOVE_FROM_CRL) {
            return new Verdict.Refused("removeFromCRL (8) revokes nothing (CR-09)");
        }
        if (permitsReason(claimed)
                && permitsInvalidityDate(claimed)
                && !isInFuture(claimed)
                && isReadable(claimed.at())
                && (claimed.invalidityDate().isEmpty()
                        || isReadable(claimed.invalidityDate().get()))) {
            return new Verdict.Accepted(claimed, false, List.of());
        }
        return withhold(claimed);
    }

    /// Whether a date is one, and not what programs write for none; a future one is.
    public static boolean isReadable(Instant date) {
        return date.isAfter(Instant.EPOCH) && ChangeRules.isStorable(date);
    }

    private Verdict withhold(Revocation original) {
        List<String> remarks = new ArrayList<>();
        Revocation claimed = original;
        boolean dateAssumed = !isReadable(original.at()) || isInFuture(original);
        if (dateAssumed) {
            remarks.add(
                    "revocationDate %s is %s: revoked all the same, as of %s"
                            .formatted(
                                    original.at(),
                                    isReadable(original.at())
                                            ? "in the future"
                                            : "no date of a revocation",
                                    standIn));
            claimed = new Revocation(standIn, original.reason(), original.invalidityDate());
        }
        if (claimed.invalidityDate().isPresent() && !isReadable(claimed.invalidityDate().get())) {
            remarks.add(
                    "invalidityDate %s is no date of a compromise: revoked without it"
                            .formatted(claimed.invalidityDate().get()));
            claimed = new Revocation(claimed.at(), claimed.reason(), Optional.empty());
        }
        RevocationReason reason = claimed.reason();
        if (!permitsReason(claimed)) {
            remarks.add(
                    "reason %s (%d) is not allowed by profile %s (CR-08): revoked without a reason"
                            .formatted(reason, reason.code(), profile.name()));
            reason = RevocationReason.UNSPECIFIED;
        }
        Optional<Instant> invalidity = claimed.invalidityDate();
        if (!permitsInvalidityDate(claimed)) {
            remarks.add(
                    ("invalidityDate %s differs from revocationDate %s, which profile %s forbids"
                                    + " (CR-14): revoked without the invalidityDate")
                            .formatted(invalidity.orElseThrow(), claimed.at(), profile.name()));
            invalidity = Optional.empty();
        }
        return new Verdict.Accepted(
                new Revocation(claimed.at(), reason, invalidity), dateAssumed, remarks);
    }

    private boolean permitsReason(Revocation claimed) {
        return profile.allowedReasons().contains(claimed.reason());
    }

    private boolean permitsInvalidityDate(Revocation claimed) {
        return !profile.datesFollowCompromise()
                || claimed.invalidityDate().isEmpty()
                || claimed.invalidityDate().get().equals(claimed.at());
    }

    private boolean isInFuture(Revocation claimed) {
        return claimed.at().isAfter(now);
    }
}
