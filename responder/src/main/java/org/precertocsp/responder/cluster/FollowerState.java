package org.precertocsp.responder.cluster;

import java.util.Map;
import java.util.Optional;

/// How a node follows the status log; a snapshot.
///
/// @param epoch of the authority whose changes count now
/// @param sequence of the newest change applied
/// @param behind records of the log not read yet, as of the last look
/// @param ignored records that did not count since the process started, by reason
/// @param forged those of them that no node signed
/// @param stopped why the node reads no further: it needs a person
public record FollowerState(
        long epoch,
        long sequence,
        long behind,
        Map<String, Long> ignored,
        long forged,
        Optional<String> stopped) {
    public FollowerState {
        ignored = Map.copyOf(ignored);
    }
}
