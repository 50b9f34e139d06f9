package org.precertocsp.responder.renewal;

import java.time.Duration;
import java.time.Instant;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.answer.RenewalDeadline;
import org.precertocsp.responder.answer.ResponseKey;

/// When a stored response is to be renewed: before its deadline (TF-04 to TF-08), each at a
/// different time.
///
/// Otherwise responses signed together, after a bulk load or a burst, would all be due together
/// half a validity later, and again each time after. The last twelfth before the deadline is a
/// reserve for delays; renewals are spread over the quarter before it by a hash of the key.
/// Responses valid for two days and signed at noon are renewed between 04:00 and 10:00, with a
/// deadline at noon.
public final class RenewalPlan {
    private static final int RESERVE = 12;
    private static final int SPREAD = 4;

    private RenewalPlan() {}

    /// Depends on nothing else, so that it can be computed again from the stored response.
    public static Instant of(ResponseKey key, ValidityWindow window) {
        Instant deadline = RenewalDeadline.of(window);
        Duration life = Duration.between(window.thisUpdate(), deadline);
        long early = (life.toSeconds() / SPREAD * share(key)) >> Integer.SIZE;
        // A validity of a few seconds more than eight hours leaves only those seconds.
        long reserve = Math.max(life.toSeconds() / RESERVE, Math.min(1, life.toSeconds() - 1));
        return deadline.minusSeconds(reserve + early);
    }

    /// Uniform over all keys, in 2^32 parts.
    private static long share(ResponseKey key) {
        long mixed = key.serial().serial().hashCode() * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
        return mixed >>> Integer.SIZE;
    }
}
