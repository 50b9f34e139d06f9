package org.precertocsp.responder.store;

import java.time.Duration;

/// Limits of writing.
///
/// @param maxChanges in one set, kept on disk beyond [BulkLimits] until it is committed
/// @param maxWait for another set to be finished
record StoreLimits(int maxChanges, Duration maxWait, BulkLimits bulk) {
    /// Every certificate ever issued by the largest CAs fits, and a load may take an hour.
    static final StoreLimits USUAL =
            new StoreLimits(1_000_000_000, Duration.ofHours(1), BulkLimits.USUAL);

    StoreLimits(int maxChanges, Duration maxWait) {
        this(maxChanges, maxWait, BulkLimits.USUAL);
    }
}
