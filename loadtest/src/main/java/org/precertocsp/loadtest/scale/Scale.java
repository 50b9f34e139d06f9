package org.precertocsp.loadtest.scale;

import java.util.List;
import org.precertocsp.loadtest.peers.Machine;

/// A whole measurement of growth.
///
/// @param remarks what a reader of the figures must know
public record Scale(
        String started,
        Machine machine,
        String version,
        String settings,
        List<String> remarks,
        List<ScaleStep> steps,
        List<ScaleTarget> targets) {
    /// No answer was wrong, and requests failed but rarely.
    public boolean isSound() {
        return steps.stream()
                .map(ScaleStep::requests)
                .noneMatch(
                        requests ->
                                requests.once().isVoid()
                                        || requests.zipf().isVoid()
                                        || requests.unassigned().isVoid());
    }
}
