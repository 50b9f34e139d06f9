package org.precertocsp.responder.intake;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.Revocation;

/// What an issuer's profile lets be recorded of a revocation; shared by every feed that brings
/// some.
///
/// A profile forbids what may be *shown*, never that a certificate *is* revoked. So a forbidden
/// reason or date is withheld and reported while the revocation counts: dropping it would have us
/// answer good for a certificate its CA has revoked. In particular a hold, where the profile knows
/// no suspension (SA-04), is a revocation without a reason.
///
/// @param now revocation dates after it are remarked on
public record RevocationPolicy(IssuerProfile profile, Instant now) {
    /// What may be recorded of a claimed revocation.
    public sealed interface Verdict {
        /// @param remarks for the operator: what was withheld or looks wrong; mostly empty
        record Accepted(Revocation revocation, List<String> remarks) implements Verdict {
            public Accepted {
                remarks = List.copyOf(remarks);
            }
        }

        /// The claim revokes nothing.
        record Refused(String why) implements Verdict {}
    }

    public Verdict judge(Revocation claimed) {
        if (claimed.reason() == RevocationReason.REMOVE_FROM_CRL) {
            return new Verdict.Refused("removeFromCRL (8) revokes nothing (CR-09)");
        }
        if (permitsReason(claimed) && permitsInvalidityDate(claimed) && !isInFuture(claimed)) {
            return new Verdict.Accepted(claimed, List.of());
        }
        return withhold(claimed);
    }

    private Verdict withhold(Revocation claimed) {
        List<String> remarks = new ArrayList<>();
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
        if (isInFuture(claimed)) {
            remarks.add(
                    "revocationDate " + claimed.at() + " is in the future: revoked all the same");
        }
        return new Verdict.Accepted(new Revocation(claimed.at(), reason, invalidity), remarks);
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
