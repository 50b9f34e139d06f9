package org.precertocsp.loadtest.compare;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// @param ours directory of the precert-ocsp distribution; absent: the one beside this program
/// @param work directory for corpus, stores and logs; some 200 bytes for each serial
/// @param serials loaded before the first request
/// @param stored how many of them, the first, have answers signed ahead in the `stored` comparison
/// @param hot how many of them the cached comparisons request
/// @param connections kept alive, one request at a time on each
/// @param warmUp before the first round of each comparison
/// @param measured duration for each contestant in each round
/// @param cold how long servers that have just started are measured
public record ComparisonPlan(
        Optional<Path> ours,
        Path work,
        long serials,
        long stored,
        int hot,
        int connections,
        int rounds,
        WarmUp warmUp,
        Duration measured,
        Duration cold,
        List<ComparisonKind> pairs) {
    private static final int MOST_STARTS = 3;

    public ComparisonPlan {
        if (hot < 1 || Math.min(serials, stored) <= hot) {
            throw new IllegalArgumentException(
                    "serials: %,d must be more than the %,d that are requested repeatedly"
                            .formatted(Math.min(serials, stored), hot));
        }
        if (rounds < 1 || connections < 1) {
            throw new IllegalArgumentException("rounds and connections are 1 at least");
        }
        pairs = List.copyOf(pairs);
    }

    /// Fewer of those that start a server in each.
    int rounds(ComparisonKind pair) {
        return pair == ComparisonKind.COLD ? Math.min(rounds, MOST_STARTS) : rounds;
    }

    /// The number of serials with an answer signed ahead.
    long storedSerials() {
        return Math.min(serials, stored);
    }
}
