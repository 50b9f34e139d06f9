package org.precertocsp.responder.monitor;

import java.util.List;
import org.precertocsp.responder.io.Json;

/// The report for scripts: one JSON object on one line.
///
/// @param failed number of serials for which some rule failed
/// @param promptness of the serials whose publication is known
public record CheckJsonReport(
        String at,
        int asked,
        long failed,
        PublicationDelayCounts promptness,
        List<Serial> serials,
        List<String> problems) {
    /// @param serial hexadecimal, as in the certificate
    public record Serial(
            String name,
            String serial,
            String kind,
            String issuer,
            String url,
            String status,
            long slowestMillis,
            String at,
            List<Line> rules) {
        static Serial of(CheckResult judgement) {
            return new Serial(
                    judgement.subject().name(),
                    judgement.subject().serial().toHex(),
                    judgement.subject().kind().toString(),
                    judgement.subject().issuer().subject(),
                    judgement.url(),
                    judgement.status(),
                    judgement.slowest().toMillis(),
                    judgement.at().toString(),
                    judgement.results().stream().map(Line::of).toList());
        }
    }

    /// @param verdict `pass`, `warn`, `fail` or `n/a`
    public record Line(String rule, String title, String clause, String verdict, String seen) {
        static Line of(RuleResult ruling) {
            return new Line(
                    ruling.rule().id(),
                    ruling.rule().title(),
                    ruling.rule().clause(),
                    ruling.verdict().toString(),
                    ruling.seen());
        }
    }

    /// The round as one line.
    public static String line(CheckRound round) {
        CheckJsonReport report =
                new CheckJsonReport(
                        round.at().toString(),
                        round.judgements().size(),
                        round.judgements().stream().filter(CheckResult::failed).count(),
                        PublicationDelayCounts.of(round),
                        round.judgements().stream().map(Serial::of).toList(),
                        round.problems());
        return Json.line(report);
    }
}
