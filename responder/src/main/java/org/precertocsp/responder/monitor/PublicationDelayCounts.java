package org.precertocsp.responder.monitor;

import java.time.Duration;
import java.time.Instant;

/// Answers of a round compared with the 15 minutes after publication (SA-01), for serials whose
/// publication is known. Only an answer within the first 15 minutes proves that the rule was met; a
/// later one proves only that there is one now.
///
/// @param inTime answered definitively within 15 minutes of publication
/// @param answeredNow answered definitively, but requested later than that
/// @param overdue not answered definitively after 15 minutes
/// @param pending not answered definitively, with time left
public record PublicationDelayCounts(long inTime, long answeredNow, long overdue, long pending) {
    static PublicationDelayCounts of(CheckRound round) {
        long[] counts = new long[4];
        for (CheckResult judgement : round.judgements()) {
            judgement.subject().published().ifPresent(at -> counts[place(judgement, at)]++);
        }
        return new PublicationDelayCounts(counts[0], counts[1], counts[2], counts[3]);
    }

    private static int place(CheckResult judgement, Instant published) {
        Duration due = CheckLimits.STANDARD.publication();
        boolean early = judgement.at().isBefore(published.plus(due));
        boolean answered =
                judgement.results().stream()
                        .anyMatch(
                                it ->
                                        it.rule() == CheckRule.SA_01
                                                && it.verdict() == RuleVerdict.PASS);
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
        return """
                15 minutes after publication (SA-01): %d answered in time, %d answered but requested later,\
                 %d overdue, %d not answered yet with time left"""
                .formatted(inTime, answeredNow, overdue, pending);
    }
}
