package org.precertocsp.responder.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.status.SerialKey;

/// The criteria of a comparison.
///
/// @param now when the comparison began; a revocation with no earlier date has none in its source
/// @param since skips serials that only the store knows and that have not changed since then
/// @param mergeDelay how long a log may take to incorporate an entry
/// @param logs whether logs were given and each was read to its head
/// @param fullCrls time of each issuer's newest full CRL
/// @param noted descriptions of serials that are known from a log only
public record ReconcileCriteria(
        Instant now,
        Optional<Instant> since,
        Duration mergeDelay,
        boolean logs,
        Map<IssuerKey, Instant> fullCrls,
        Map<SerialKey, String> noted) {
    public ReconcileCriteria {
        fullCrls = Map.copyOf(fullCrls);
        noted = Map.copyOf(noted);
    }
}
