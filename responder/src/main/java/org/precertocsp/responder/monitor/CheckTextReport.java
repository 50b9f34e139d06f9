package org.precertocsp.responder.monitor;

import java.io.PrintWriter;
import java.time.temporal.ChronoUnit;
import java.util.function.UnaryOperator;

/// The report for people: a paragraph per serial, a line per rule.
///
/// @param everything whether rules that passed or do not apply are printed as well
/// @param paint turns picocli's markup into colours, or removes it
/// @param printable makes text from the network safe for a terminal
public record CheckTextReport(
        PrintWriter out,
        boolean everything,
        UnaryOperator<String> paint,
        UnaryOperator<String> printable) {

    /// Prints the whole round and its totals.
    public void print(CheckRound round) {
        round.judgements().forEach(this::print);
        long failed = round.judgements().stream().filter(CheckResult::failed).count();
        out.printf(
                "%s: %d checked, %d with failures, %d could not be checked%n",
                round.at().truncatedTo(ChronoUnit.SECONDS),
                round.judgements().size(),
                failed,
                round.problems().size());
        PublicationDelayCounts promptness = PublicationDelayCounts.of(round);
        if (!promptness.isEmpty()) {
            out.println(promptness);
        }
        out.flush();
    }

    private void print(CheckResult judgement) {
        out.println(printable.apply(head(judgement)));
        for (RuleResult ruling : judgement.results()) {
            if (everything || ruling.verdict().compareTo(RuleVerdict.PASS) > 0) {
                out.println(line(ruling));
            }
        }
        out.printf(
                "  %d passed, %d failed, %d warnings, %d not applicable; slowest answer %d ms%n%n",
                judgement.count(RuleVerdict.PASS),
                judgement.count(RuleVerdict.FAIL),
                judgement.count(RuleVerdict.WARN),
                judgement.count(RuleVerdict.NOT_APPLICABLE),
                judgement.slowest().toMillis());
    }

    private static String head(CheckResult judgement) {
        return "%s: %s %s at %s: %s"
                .formatted(
                        judgement.subject().name(),
                        judgement.subject().kind(),
                        judgement.subject().serial(),
                        judgement.url(),
                        judgement.status());
    }

    private String line(RuleResult ruling) {
        String verdict = paint.apply(markup(ruling.verdict()));
        return "  %s  %s  %s — %s"
                .formatted(
                        verdict,
                        ruling.rule().id(),
                        ruling.rule().title(),
                        printable.apply(ruling.seen()));
    }

    private static String markup(RuleVerdict verdict) {
        return switch (verdict) {
            case PASS -> "@|green pass|@";
            case FAIL -> "@|bold,red FAIL|@";
            case WARN -> "@|yellow warn|@";
            case NOT_APPLICABLE -> "@|faint n/a |@";
        };
    }
}
