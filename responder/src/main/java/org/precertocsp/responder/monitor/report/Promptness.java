package org.precertocsp.responder.monitor.report;

import java.time.Duration;
import java.time.Instant;
import org.precertocsp.responder.monitor.rule.CheckLimits;
import org.precertocsp.responder.monitor.rule.Judgement;
import org.precertocsp.responder.monitor.rule.Round;
import org.precertocsp.responder.monitor.rule.Rule;
import org.precertocsp.responder.monitor.rule.Verdict;

/// Answers of a round compared with the 15 minutes after publication (SA-01), for serials whose
/// publication is known. Only an answer within the first 15 minutes proves that the duty was met; a
/// later one proves only that there is one now.
///
/// @param inTime answered definitively within 15 minutes of publication
/// @param answeredNow answered definitively, but requested later than that
/// @param overdue not answered definitively after 15 minutes
/// @param pending not answered definitively, with time left
public record Promptness(long inTime, long answeredNow, long overdue, long pending) {
    static Promptness of(Round round) {
        long[] counts = new long[4];
        for (Judgement judgement : round.judgements()) {
            judgement.subject().published().ifPresent(at -> counts[place(judgement, at)]++);
        }
        return new Promptness(counts[0], counts[1], counts[2], counts[3]);
    }

    private static int place(Judgement judgement, Instant published) {
        Duration due = CheckLimits.STANDARD.publication();
        boolean early = judgement.at().isBefore(published.plus(due));
        boolean answered =
                judgement.results().stream()
                        .anyMatch(it -> it.rule() == Rule.SA_01 && it.verdict() == Verdict.PASS);
        if (answered) {
            return early ? 0 : 1;
        }
        return early ? 3 : 2;
    }

    boolean isEmpty() {
        return inTime + answeredNow + overdue + pending == 0;
    }

    @Override
    public String toString() {
        return "of those whose publication is known: %d answered definitively within 15 minutes of it, %d answered now, asked later than that; %d overdue, %d may still be"
                        .formatted(inTime, answeredNow, overdue, pending)
                + " answered in time (SA-01)";
    }
}
