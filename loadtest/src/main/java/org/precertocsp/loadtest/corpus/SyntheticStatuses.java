package org.precertocsp.loadtest.corpus;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.precertocsp.ocsp.RevocationReason;

/// Dates and reasons of the serials of one plan. Thread-safe.
///
/// @param now the corpus's present
record SyntheticStatuses(SyntheticSerials serials, Instant now) {
    // Most revocations of TLS certificates state no reason, or superseded.
    private static final List<RevocationReason> REASONS =
            List.of(
                    RevocationReason.UNSPECIFIED,
                    RevocationReason.UNSPECIFIED,
                    RevocationReason.UNSPECIFIED,
                    RevocationReason.SUPERSEDED,
                    RevocationReason.SUPERSEDED,
                    RevocationReason.CESSATION_OF_OPERATION,
                    RevocationReason.KEY_COMPROMISE,
                    RevocationReason.AFFILIATION_CHANGED);
    private static final long DAY = Duration.ofDays(1).toSeconds();
    private static final long HOUR = Duration.ofHours(1).toSeconds();

    /// In the next 60 to 90 days, on a full hour: no certificate expires during a run of
    /// measurements.
    Instant notAfter(long index) {
        long hours = (serials.dice(index) >>> 8 & 0xffff) % (30 * 24);
        return now.plusSeconds(60 * DAY + hours * HOUR);
    }

    /// In the last 30 days, on a full second.
    Instant revokedAt(long index) {
        long seconds = (serials.dice(index) >>> 24 & 0xff_ffff) % (30 * DAY);
        return now.minusSeconds(HOUR + seconds);
    }

    RevocationReason reason(long index) {
        return REASONS.get((int) (serials.dice(index) & (REASONS.size() - 1)));
    }
}
