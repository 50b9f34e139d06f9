package org.precertocsp.responder.rocksdb;

import java.time.Duration;

/// Limits of writing.
///
/// @param maxChanges in one set, which is held in memory until it is committed
/// @param maxWait for another set to be finished
record StoreLimits(int maxChanges, Duration maxWait) {
    /// Several times the largest CRL seen in public, and an hour for it to load.
    static final StoreLimits USUAL = new StoreLimits(3_000_000, Duration.ofHours(1));
}
