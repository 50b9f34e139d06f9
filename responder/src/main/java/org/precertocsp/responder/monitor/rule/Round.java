package org.precertocsp.responder.monitor.rule;

import java.time.Instant;
import java.util.List;

/// Everything asked about once.
///
/// @param problems what could not be asked about, and why
public record Round(Instant at, List<Judgement> judgements, List<String> problems) {
    public Round {
        judgements = List.copyOf(judgements);
        problems = List.copyOf(problems);
    }
}
