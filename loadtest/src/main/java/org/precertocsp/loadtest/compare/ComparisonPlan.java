package org.precertocsp.loadtest.compare;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// @param ours directory of the precert-ocsp distribution; absent: the one beside this program
/// @param work directory for corpus, stores and logs; some 200 bytes for each serial
/// @param serials loaded before the first request
/// @param hot how many of them the cached comparisons request
/// @param connections kept alive, one request at a time on each
/// @param warmUp before the first round of each comparison
/// @param measured duration for each contestant in each round
public record ComparisonPlan(
        Optional<Path> ours,
        Path work,
        long serials,
        int hot,
        int connections,
        int rounds,
        WarmUp warmUp,
        Duration measured,
        List<ComparisonKind> pairs) {
    public ComparisonPlan {
        if (hot < 1 || serials <= hot) {
            throw new IllegalArgumentException(
                    "serials: %,d must be more than the %,d that are requested repeatedly"
                            .formatted(serials, hot));
        }
        if (rounds < 1 || connections < 1) {
            throw new IllegalArgumentException("rounds and connections are 1 at least");
        }
        pairs = List.copyOf(pairs);
    }
}
