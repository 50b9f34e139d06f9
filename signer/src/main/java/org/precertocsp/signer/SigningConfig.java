package org.precertocsp.signer;

import java.time.Duration;

/// Limits on the use of a key.
///
/// @param maxInFlight signatures computed at once; for a token, below its session limit
/// @param maxWaiters requests waiting for a permit before others are rejected; 0 rejects at once;
///   revocations have as many waiting permits of their own
/// @param singleUsePerSecond responses for a single request ([SigningPriority#SINGLE_USE]); bursts
///   of one second's worth, more are rejected
/// @param timeout per signature from the request's arrival, queueing included
/// @param breakerFailures consecutive failures that open the circuit breaker
/// @param breakerPause between probes of a failing key
public record SigningConfig(
        int maxInFlight,
        int maxWaiters,
        int singleUsePerSecond,
        Duration timeout,
        int breakerFailures,
        Duration breakerPause) {

    /// @throws IllegalArgumentException if a value would never allow a signature
    public SigningConfig {
        if (maxInFlight < 1 || maxWaiters < 0 || singleUsePerSecond < 1 || breakerFailures < 1) {
            throw new IllegalArgumentException(
                    "signing needs maxInFlight ≥ 1, maxWaiters ≥ 0, singleUsePerSecond ≥ 1 and"
                            + " breakerFailures ≥ 1");
        }
        if (!timeout.isPositive() || !breakerPause.isPositive()) {
            throw new IllegalArgumentException("signing times are longer than nothing");
        }
    }
}
