package org.precertocsp.responder.admin.change;

import java.util.Optional;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;

/// Another date or reason for a revocation (CR-11 to CR-13).
record Amending(SerialKey key, Claim claim, RevocationRules rules) implements Fact.Demand {
    @Override
    public Optional<StatusChange> against(Optional<StatusRecord> known) throws Objection {
        if (known.isEmpty()
                || !(known.get() instanceof StatusRecord.Assigned assigned)
                || assigned.revocation().isEmpty()) {
            throw Objection.of(
                    Objection.Kind.CONFLICT, "not revoked: revoke it through /v1/revocations");
        }
        Revocation before = assigned.revocation().get();
        Revocation after = claim.amending(before);
        if (after.equals(before)) {
            return Optional.empty();
        }
        if (after.reason() == RevocationReason.UNSPECIFIED
                && before.reason() != RevocationReason.UNSPECIFIED
                && before.reason() != RevocationReason.CERTIFICATE_HOLD) {
            throw Objection.field(
                    "reason", "%s is known: it is not taken back".formatted(before.reason()));
        }
        rules.checkAmendment(before, after, claim.comment());
        return Optional.of(new StatusChange.Revoke(key, after, Optional.empty()));
    }
}
