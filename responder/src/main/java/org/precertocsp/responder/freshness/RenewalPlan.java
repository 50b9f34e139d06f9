package org.precertocsp.responder.freshness;

import java.time.Duration;
import java.time.Instant;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.answer.RenewalDeadline;
import org.precertocsp.responder.answer.ResponseKey;

/// When a stored response is to be renewed: before its deadline (TF-04 to TF-08), each at a moment
/// of its own.
///
/// Responses signed together, after a bulk load or a burst, would otherwise all be due together
/// half a validity later, and again each time after. The last twelfth before the deadline stays
/// free, for what comes late; the quarter before it is shared out by a hash of the key. Responses
/// of two days, signed at noon, are renewed between 04:00 and 10:00, and must be by noon.
public final class RenewalPlan {
    private static final int RESERVE = 12;
    private static final int SPREAD = 4;

    private RenewalPlan() {}

    /// Depends on nothing else, so that it can be told again from what is stored.
    public static Instant of(ResponseKey key, ValidityWindow window) {
        Instant deadline = RenewalDeadline.of(window);
        Duration life = Duration.between(window.thisUpdate(), deadline);
        long early = (life.toSeconds() / SPREAD * share(key)) >> Integer.SIZE;
        // A validity some seconds over eight hours leaves only those seconds.
        long reserve = Math.max(life.toSeconds() / RESERVE, Math.min(1, life.toSeconds() - 1));
        return deadline.minusSeconds(reserve + early);
    }

    /// Even over all keys, in 2^32 parts.
    private static long share(ResponseKey key) {
        long mixed = key.serial().serial().hashCode() * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
        return mixed >>> Integer.SIZE;
    }
}
