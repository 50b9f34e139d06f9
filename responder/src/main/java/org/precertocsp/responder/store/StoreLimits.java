package org.precertocsp.responder.store;

import java.time.Duration;

/// Limits on writes.
///
/// @param maxChanges in one set, stored on disk beyond [BulkLimits] until it is committed
/// @param maxWait for another set to be finished
record StoreLimits(int maxChanges, Duration maxWait, BulkLimits bulk) {
    /// Enough for every certificate ever issued by the largest CAs, and for a load of an hour.
    static final StoreLimits USUAL =
            new StoreLimits(1_000_000_000, Duration.ofHours(1), BulkLimits.USUAL);

    StoreLimits(int maxChanges, Duration maxWait) {
        this(maxChanges, maxWait, BulkLimits.USUAL);
    }
}
