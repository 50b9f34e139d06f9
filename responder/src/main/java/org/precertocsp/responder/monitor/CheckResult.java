package org.precertocsp.responder.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// All results for one certificate at one responder.
///
/// @param url of the responder
/// @param status the answer in a few words
/// @param slowest response of the four plain requests
/// @param at time of the check
public record CheckResult(
        CheckSubject subject,
        String url,
        String status,
        Duration slowest,
        Instant at,
        List<RuleResult> results) {
    public CheckResult {
        results = List.copyOf(results);
    }

    public long count(RuleVerdict verdict) {
        return results.stream().filter(ruling -> ruling.verdict() == verdict).count();
    }

    public boolean failed() {
        return count(RuleVerdict.FAIL) > 0;
    }
}
