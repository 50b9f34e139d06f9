package org.precertocsp.loadtest.compare;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.precertocsp.loadtest.peers.PeerException;

/// Contestants measured in turn, round by round, so that disturbances of the machine affect all of
/// them.
///
/// @param title describes the requests
record ContestantComparison(
        ComparisonKind pair, String title, List<Contestant> sides, List<ComparisonTarget> claims) {
    ContestantComparison {
        sides = List.copyOf(sides);
        claims = List.copyOf(claims);
    }

    /// Blocks for warm-up and rounds of every contestant.
    ///
    /// @param steady contestants found steady in an earlier comparison, which need no warm-up;
    ///   those that are now are added
    ComparisonResult run(
            int rounds, WarmUp warmUp, Set<String> steady, Duration time, Consumer<String> progress)
            throws PeerException, InterruptedException {
        Map<String, WarmUp.Warmed> warmed =
                warmUp.run(sides.stream().filter(side -> !steady.contains(side.name())).toList());
        warmed.forEach(
                (side, what) -> {
                    if (what.steady()) {
                        steady.add(side);
                    }
                });
        warmed.forEach(
                (side, what) -> progress.accept("%s, warm-up: %s %s".formatted(pair, side, what)));
        List<Map<String, Measurement>> samples = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            Map<String, Measurement> ofRound = new LinkedHashMap<>();
            for (Contestant side : sides) {
                Measurement sample = side.measure(time);
                ofRound.put(side.name(), sample);
                progress.accept(
                        "%s, round %d of %d: %s %,.0f/s, %.2f µs CPU each"
                                .formatted(
                                        pair,
                                        round,
                                        rounds,
                                        side.name(),
                                        sample.perSecond(),
                                        sample.cpuMicros()));
            }
            samples.add(ofRound);
        }
        return ComparisonResult.of(this, warmed, samples);
    }
}
