package org.precertocsp.loadtest.compare;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The result of a comparison.
///
/// @param warmUps by contestant
/// @param sides by name, their samples round by round
public record ComparisonResult(
        String pair,
        String title,
        Map<String, WarmUp.Warmed> warmUps,
        Map<String, List<Measurement>> sides,
        List<TargetVerdict> verdicts) {
    static ComparisonResult of(
            ContestantComparison contest,
            Map<String, WarmUp.Warmed> warmUps,
            List<Map<String, Measurement>> rounds) {
        Map<String, List<Measurement>> sides = new LinkedHashMap<>();
        for (String side : rounds.getFirst().keySet()) {
            sides.put(
                    side, rounds.stream().map(round -> ComparisonTarget.of(round, side)).toList());
        }
        return new ComparisonResult(
                contest.pair().toString(),
                contest.title(),
                warmUps,
                sides,
                contest.claims().stream().map(claim -> TargetVerdict.of(claim, rounds)).toList());
    }
}
