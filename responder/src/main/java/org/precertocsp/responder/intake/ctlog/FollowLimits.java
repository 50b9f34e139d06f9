package org.precertocsp.responder.intake.ctlog;

import java.time.Duration;

/// How much of a log is taken in at once, and how old its head may be.
///
/// @param entriesAtOnce proven and stored together; killed, the program fetches at most so many
///   again
/// @param maxCandidates entries of our own kept in memory until they are proven; reaching it proves
///   and stores what there is
/// @param maxHeadAge beyond which a log counts as stale; logs merge within 24 hours
public record FollowLimits(int entriesAtOnce, int maxCandidates, Duration maxHeadAge) {
    public static final FollowLimits USUAL =
            new FollowLimits(1 << 16, 50_000, Duration.ofHours(26));

    public FollowLimits {
        if (entriesAtOnce < 1 || maxCandidates < 1) {
            throw new IllegalArgumentException("limits are positive");
        }
    }
}
