package org.precertocsp.responder.admin.change;

import java.time.Instant;
import java.util.Optional;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;

/// The end of a certificate. Never amends: a request that is sent again long after, or by mistake,
/// must not move a date back that was amended since.
///
/// @param unknownSerial whether the caller says that nobody need have announced or assigned the
///   serial: otherwise it is taken for mistyped
/// @param mustHaveReason whether a CA certificate is not revoked without a reason
record Revoking(
        SerialKey key, Claim claim, Instant now, boolean unknownSerial, boolean mustHaveReason)
        implements Fact.Demand {
    private static boolean isCa(Optional<StatusRecord> known) {
        return known.isPresent()
                && known.get() instanceof StatusRecord.Assigned assigned
                && assigned.ca();
    }

    @Override
    public Optional<StatusChange> against(Optional<StatusRecord> known) throws Objection {
        if (known.isPresent()
                && known.get() instanceof StatusRecord.Assigned assigned
                && assigned.revocation().isPresent()) {
            Revocation revocation = assigned.revocation().get();
            if (claim.agreesWith(revocation)) {
                return Optional.empty();
            }
            throw Objection.of(
                    Objection.Kind.CONFLICT,
                    "revoked already, %s: %s; amend it through /v1/amendments"
                            .formatted(revocation.at(), revocation.reason()));
        }
        if (mustHaveReason
                && isCa(known)
                && claim.revocation(now).reason() == RevocationReason.UNSPECIFIED) {
            throw Objection.field(
                    "reason",
                    "%s is the certificate of a CA, whose revocation must have a reason (SA-09, CR-07)"
                            .formatted(key.serial()));
        }
        if (known.isEmpty() && !unknownSerial) {
            throw Objection.field(
                    "serial",
                    "%s is not known: nobody announced it or brought its certificate. Is it mistyped, or of another issuer? If it is right, say unknownSerial: true (revoke --unknown-serial)"
                            .formatted(key.serial()));
        }
        return Optional.of(new StatusChange.Revoke(key, claim.revocation(now), Optional.empty()));
    }
}
