package org.precertocsp.signer;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// How signing fares, for readiness and metrics; a moment's view.
///
/// @param inFlight signatures being computed, those given up by their callers included
/// @param waiting requests that wait for a place
/// @param breakerOpen true while only probes reach the key
/// @param signed responses since start
/// @param refused requests since start that got no response, by cause; every cause is a key
/// @param lanes the same numbers lane by lane; every lane is a key
public record SigningState(
        int inFlight,
        int waiting,
        boolean breakerOpen,
        Optional<Failure> lastFailure,
        long signed,
        Map<SignerUnavailableException.Cause, Long> refused,
        Map<SigningPriority, Lane> lanes) {
    /// @param what for people
    public record Failure(Instant at, String what) {}

    /// @param signed responses since start
    public record Lane(int inFlight, int waiting, long signed) {}

    public SigningState {
        refused = Map.copyOf(refused);
        lanes = Map.copyOf(lanes);
    }
}
