package org.precertocsp.responder.duty;

import java.time.Duration;
import java.util.List;

/// How one issuer's serials were served so far, since the server started.
///
/// @param issuer name in the configuration
/// @param bounds upper ends of the buckets
/// @param counts serials of each bucket, one more than bounds: the last has no end
/// @param seconds all delays together
/// @param overdue serials that waited more than 15 minutes
public record DutyState(
        String issuer,
        Basis basis,
        List<Duration> bounds,
        List<Long> counts,
        double seconds,
        long overdue) {
    public DutyState {
        bounds = List.copyOf(bounds);
        counts = List.copyOf(counts);
    }

    /// What is not measured.
    ///
    /// @param backfill published before the server ever answered for the issuer
    /// @param listed only a list or a revocation names them: no document, no publication
    /// @param waiting committed, while the issuer cannot sign
    public record Apart(String issuer, long backfill, long listed, long waiting) {}
}
