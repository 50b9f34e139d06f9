package org.precertocsp.responder.monitor.rule;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.precertocsp.responder.monitor.subject.Subject;

/// Everything found about one serial at one responder.
///
/// @param url where it was asked
/// @param status what was answered, in a word or two
/// @param slowest of the four plain questions
/// @param at when it was judged
public record Judgement(
        Subject subject,
        String url,
        String status,
        Duration slowest,
        Instant at,
        List<Ruling> rulings) {
    public Judgement {
        rulings = List.copyOf(rulings);
    }

    public long count(Verdict verdict) {
        return rulings.stream().filter(ruling -> ruling.verdict() == verdict).count();
    }

    public boolean failed() {
        return count(Verdict.FAIL) > 0;
    }
}
