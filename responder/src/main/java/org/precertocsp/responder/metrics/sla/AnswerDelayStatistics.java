package org.precertocsp.responder.metrics.sla;

import java.time.Duration;
import java.util.List;

/// The delays of one issuer's serials since the server started.
///
/// @param issuer name in the configuration
/// @param bounds upper bounds of the buckets
/// @param counts serials per bucket, one more than bounds: the last is unbounded
/// @param seconds sum of all delays
/// @param overdue serials with more than 15 minutes
public record AnswerDelayStatistics(
        String issuer,
        DelayBasis basis,
        List<Duration> bounds,
        List<Long> counts,
        double seconds,
        long overdue) {
    public AnswerDelayStatistics {
        bounds = List.copyOf(bounds);
        counts = List.copyOf(counts);
    }

    /// Serials that are not measured.
    ///
    /// @param backfill published before the server first answered for the issuer
    /// @param listed known from a list or a revocation only, without document and publication
    /// @param waiting committed while the issuer's key does not sign
    public record Apart(String issuer, long backfill, long listed, long waiting) {}
}
