package org.precertocsp.signer;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// The current state of signing, for readiness and metrics; a snapshot.
///
/// @param inFlight signatures being computed, including those whose callers timed out
/// @param waiting requests that wait for a permit
/// @param breakerOpen true while only probes reach the key
/// @param signed responses since start
/// @param refused requests since start without a response, by cause; every cause is a key
/// @param lanes the same numbers by priority; every priority is a key
public record SigningState(
        int inFlight,
        int waiting,
        boolean breakerOpen,
        Optional<Failure> lastFailure,
        long signed,
        Map<SignerUnavailableException.Cause, Long> refused,
        Map<SigningPriority, Lane> lanes) {
    /// @param what description for users
    public record Failure(Instant at, String what) {}

    /// @param signed responses since start
    public record Lane(int inFlight, int waiting, long signed) {}

    public SigningState {
        refused = Map.copyOf(refused);
        lanes = Map.copyOf(lanes);
    }
}
