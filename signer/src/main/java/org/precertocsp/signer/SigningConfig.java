package org.precertocsp.signer;

import java.time.Duration;

/// How hard a key is driven.
///
/// @param maxInFlight signatures computed at once; for a token, below its session limit
/// @param maxWaiters requests waiting for a place before others are refused; 0 refuses at once;
///   revocations wait beside them, as many again
/// @param singleUsePerSecond answers for one request alone ([SigningPriority#SINGLE_USE]); a
///   second's worth at once, more are refused
/// @param timeout per signature from the request's arrival, queueing included
/// @param breakerFailures failures in a row that open the circuit breaker
/// @param breakerPause between probes of a failing key
public record SigningConfig(
        int maxInFlight,
        int maxWaiters,
        int singleUsePerSecond,
        Duration timeout,
        int breakerFailures,
        Duration breakerPause) {

    /// @throws IllegalArgumentException if a number could never let a signature through
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
