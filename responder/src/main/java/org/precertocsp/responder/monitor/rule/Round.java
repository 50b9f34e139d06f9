package org.precertocsp.responder.monitor.rule;

import java.time.Instant;
import java.util.List;

/// The results of checking all certificates once.
///
/// @param problems certificates that could not be checked, and why
public record Round(Instant at, List<Judgement> judgements, List<String> problems) {
    public Round {
        judgements = List.copyOf(judgements);
        problems = List.copyOf(problems);
    }
}
