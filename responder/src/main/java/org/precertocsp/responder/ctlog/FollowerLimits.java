package org.precertocsp.responder.ctlog;

import java.time.Duration;

/// How much of a log is processed at once, and how old its head may be.
///
/// @param entriesAtOnce proven and stored together; after a crash, at most so many are fetched
///   again
/// @param maxCandidates entries of configured issuers kept in memory until they are proven; when
///   reached, those so far are proven and stored
/// @param maxHeadAge a log with an older head counts as stale; logs merge within 24 hours
public record FollowerLimits(int entriesAtOnce, int maxCandidates, Duration maxHeadAge) {
    public static final FollowerLimits USUAL =
            new FollowerLimits(1 << 16, 50_000, Duration.ofHours(26));

    public FollowerLimits {
        if (entriesAtOnce < 1 || maxCandidates < 1) {
            throw new IllegalArgumentException("limits are positive");
        }
    }
}
