package org.precertocsp.loadtest.compare;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a contest gave.
///
/// @param sides by name, their samples round by round
public record ContestResult(
        String pair, String title, Map<String, List<Sample>> sides, List<Verdict> verdicts) {
    static ContestResult of(
            Pair pair, String title, List<Map<String, Sample>> rounds, List<Claim> claims) {
        Map<String, List<Sample>> sides = new LinkedHashMap<>();
        for (String side : rounds.getFirst().keySet()) {
            sides.put(side, rounds.stream().map(round -> Claim.of(round, side)).toList());
        }
        return new ContestResult(
                pair.toString(),
                title,
                sides,
                claims.stream().map(claim -> Verdict.of(claim, rounds)).toList());
    }
}
