package org.precertocsp.responder.store;

import java.util.Optional;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.status.StatusRecord;

/// The renewals that changes of status trigger, as rows of the same set: a change without its
/// renewal could only be found by reading everything.
final class RenewalTriggers {
    private static final byte[] ROW = {1};

    private final PresignTable presign;

    RenewalTriggers(PresignTable presign) {
        this.presign = presign;
    }

    /// A serial's status before the set and after it.
    ///
    /// @param issuer its number
    record Change(
            Serial serial,
            int issuer,
            Optional<StatusRecord> before,
            Optional<StatusRecord> after) {}

    /// What is signed in advance for an issuer.
    PresignMode presign(IssuerKey issuer) {
        return presign.of(issuer).presign();
    }

    PresignMode presign(IssuerNumbers.Hashes issuer) {
        return presign.of(issuer).presign();
    }

    /// Adds the renewals triggered by one change.
    ///
    /// @param mode [#presign] of the serial's issuer
    /// @param source number of the set's feed: sets become visible in its order, each at once
    static void add(PendingWrites rows, Change change, PresignMode mode, int source) {
        int lane = lane(mode, change.before(), change.after());
        if (lane != 0) {
            byte[] key =
                    RenewalQueueKeys.key(
                            change.issuer(),
                            lane,
                            source,
                            change.serial(),
                            RenewalQueueKeys.ALL_FORMS);
            rows.put(ColumnFamily.RENEWALS, key, ROW);
        }
    }

    private static int lane(
            PresignMode presign, Optional<StatusRecord> before, Optional<StatusRecord> after) {
        if (presign == PresignMode.NONE
                || !(after.orElse(null) instanceof StatusRecord.Assigned now)) {
            return 0;
        }
        if (before.orElse(null) instanceof StatusRecord.Assigned was) {
            return was.revocation().equals(now.revocation()) ? 0 : RenewalQueueKeys.LANE_CHANGED;
        }
        if (presign != PresignMode.ALL) {
            return 0;
        }
        return now.revocation().isPresent()
                ? RenewalQueueKeys.LANE_CHANGED
                : RenewalQueueKeys.LANE_NEW;
    }
}
