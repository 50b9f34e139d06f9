package org.precertocsp.responder.monitor;

import java.time.Instant;
import java.util.List;

/// The results of checking all certificates once.
///
/// @param problems certificates that could not be checked, and why
public record CheckRound(Instant at, List<CheckResult> judgements, List<String> problems) {
    public CheckRound {
        judgements = List.copyOf(judgements);
        problems = List.copyOf(problems);
    }
}
