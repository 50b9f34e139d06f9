package org.precertocsp.responder.admin.change;

import java.time.Instant;
import java.util.Optional;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;

/// The end of a certificate. Never amends: a request that is sent again long after, or by mistake,
/// must not move a date back that was amended since.
record Revoking(SerialKey key, Claim claim, Instant now) implements Fact.Demand {
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
        return Optional.of(new StatusChange.Revoke(key, claim.revocation(now), Optional.empty()));
    }
}
