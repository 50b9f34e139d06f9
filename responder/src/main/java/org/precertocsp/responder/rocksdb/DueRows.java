package org.precertocsp.responder.rocksdb;

import java.util.Optional;
import org.precertocsp.responder.answer.Presign;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;

/// The renewals that changes of status make due, as rows of the same set: a change without its
/// renewal could not be found again but by looking through everything.
final class DueRows {
    private static final byte[] ROW = {1};

    private final PresignRows presign;

    DueRows(PresignRows presign) {
        this.presign = presign;
    }

    /// A serial's status as the set found it and as it leaves it.
    ///
    /// @param issuer its number
    record Change(
            SerialKey serial,
            int issuer,
            Optional<StatusRecord> before,
            Optional<StatusRecord> after) {}

    /// Adds what one change makes due.
    ///
    /// @param source number of the set's feed: sets become visible in its order, each at once
    void add(PendingRows rows, Change change, int source) {
        SerialKey serial = change.serial();
        int lane = lane(presign.of(serial.issuer()).presign(), change.before(), change.after());
        if (lane != 0) {
            byte[] key =
                    QueueKeys.key(
                            change.issuer(), lane, source, serial.serial(), QueueKeys.ALL_FORMS);
            rows.put(Family.RENEWALS, key, ROW);
        }
    }

    private static int lane(
            Presign presign, Optional<StatusRecord> before, Optional<StatusRecord> after) {
        if (presign == Presign.NONE || !(after.orElse(null) instanceof StatusRecord.Assigned now)) {
            return 0;
        }
        if (before.orElse(null) instanceof StatusRecord.Assigned was) {
            return was.revocation().equals(now.revocation()) ? 0 : QueueKeys.LANE_CHANGED;
        }
        if (presign != Presign.ALL) {
            return 0;
        }
        return now.revocation().isPresent() ? QueueKeys.LANE_CHANGED : QueueKeys.LANE_NEW;
    }
}
