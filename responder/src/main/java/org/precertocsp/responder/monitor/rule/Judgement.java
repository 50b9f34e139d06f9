package org.precertocsp.responder.monitor.rule;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.precertocsp.responder.monitor.subject.Subject;

/// All results for one certificate at one responder.
///
/// @param url of the responder
/// @param status the answer in a few words
/// @param slowest response of the four plain requests
/// @param at time of the check
public record Judgement(
        Subject subject,
        String url,
        String status,
        Duration slowest,
        Instant at,
        List<Ruling> results) {
    public Judgement {
        results = List.copyOf(results);
    }

    public long count(Verdict verdict) {
        return results.stream().filter(ruling -> ruling.verdict() == verdict).count();
    }

    public boolean failed() {
        return count(Verdict.FAIL) > 0;
    }
}
