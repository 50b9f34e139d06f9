package org.precertocsp.ocsp;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// The validity of a response: whole seconds UTC (RFC 9919 §3.2.4); nextUpdate is exclusive.
///
/// @param thisUpdate latest time at which the status was known to be correct
/// @param nextUpdate when newer information will be available at the latest; always present (RP-11)
public record ValidityWindow(Instant thisUpdate, Instant nextUpdate) {
    /// @throws IllegalArgumentException if a time has a fraction, or the window is empty
    public ValidityWindow {
        if (hasFraction(thisUpdate) || hasFraction(nextUpdate)) {
            throw new IllegalArgumentException("response times are whole seconds (TF-01)");
        }
        if (!thisUpdate.isBefore(nextUpdate)) {
            throw new IllegalArgumentException(
                    "thisUpdate " + thisUpdate + " is not before nextUpdate " + nextUpdate);
        }
    }

    /// The window that begins in the current second and lasts `validity`.
    public static ValidityWindow from(Instant now, Duration validity) {
        Instant thisUpdate = now.truncatedTo(ChronoUnit.SECONDS);
        return new ValidityWindow(
                thisUpdate, thisUpdate.plus(validity).truncatedTo(ChronoUnit.SECONDS));
    }

    private static boolean hasFraction(Instant time) {
        return !time.equals(Instant.ofEpochSecond(time.getEpochSecond()));
    }

    /// True while the response may be served (invariant 5): thisUpdate ≤ now < nextUpdate.
    public boolean covers(Instant now) {
        return !now.isBefore(thisUpdate) && now.isBefore(nextUpdate);
    }

    public Duration length() {
        return Duration.between(thisUpdate, nextUpdate);
    }
}
