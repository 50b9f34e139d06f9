package org.precertocsp.responder.monitor.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.status.SerialKey;

/// What serials are judged by.
///
/// @param now when this began; a revocation read since then with no earlier date has none in its
///   source
/// @param since leaves out what only the store knows and last heard of before
/// @param mergeDelay how long a log may take to show what it has promised to log
/// @param logs whether logs were given, and each was read to its head
/// @param fullCrls of each issuer, when its newest full CRL was made
/// @param noted what a follower of logs noted as never fed, in words
public record Criteria(
        Instant now,
        Optional<Instant> since,
        Duration mergeDelay,
        boolean logs,
        Map<IssuerKey, Instant> fullCrls,
        Map<SerialKey, String> noted) {
    public Criteria {
        fullCrls = Map.copyOf(fullCrls);
        noted = Map.copyOf(noted);
    }
}
