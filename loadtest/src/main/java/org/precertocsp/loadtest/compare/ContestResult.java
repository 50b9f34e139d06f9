package org.precertocsp.loadtest.compare;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The result of a comparison.
///
/// @param warmUps by side
/// @param sides by name, their samples round by round
public record ContestResult(
        String pair,
        String title,
        Map<String, WarmUp.Warmed> warmUps,
        Map<String, List<Sample>> sides,
        List<Verdict> verdicts) {
    static ContestResult of(
            Contest contest, Map<String, WarmUp.Warmed> warmUps, List<Map<String, Sample>> rounds) {
        Map<String, List<Sample>> sides = new LinkedHashMap<>();
        for (String side : rounds.getFirst().keySet()) {
            sides.put(side, rounds.stream().map(round -> Claim.of(round, side)).toList());
        }
        return new ContestResult(
                contest.pair().toString(),
                contest.title(),
                warmUps,
                sides,
                contest.claims().stream().map(claim -> Verdict.of(claim, rounds)).toList());
    }
}
