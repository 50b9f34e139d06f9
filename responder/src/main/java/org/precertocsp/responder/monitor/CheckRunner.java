package org.precertocsp.responder.monitor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.ocsp.IssuerKey;

/// Checks the responders of certificates, one certificate after the other.
public final class CheckRunner {
    /// Notified before each certificate is checked.
    @FunctionalInterface
    public interface Progress {
        void next(CheckSubject subject);
    }

    /// A responder for an issuer. The rules about the responder as a whole are checked once for
    /// each.
    private record Responder(String url, IssuerKey issuer) {}

    private final ResponderChecker judge;
    private final RawHttpClient wire;
    private final CheckLimits limits;
    private final CheckSession.Pause pause;

    public CheckRunner(
            ResponderChecker judge,
            RawHttpClient wire,
            CheckLimits limits,
            CheckSession.Pause pause) {
        this.judge = judge;
        this.wire = wire;
        this.limits = limits;
        this.pause = pause;
    }

    /// Checks each certificate once. Blocks; the client's limits bound each exchange.
    public CheckRound round(List<CheckSubject> subjects, Progress progress) {
        List<CheckResult> judgements = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        Set<Responder> judged = new HashSet<>();
        for (CheckSubject subject : subjects) {
            progress.next(subject);
            Optional<String> url = subject.url();
            if (url.isEmpty()) {
                problems.add(
                        subject.name()
                                + ": it names no OCSP service; give the responder's address with"
                                + " --url");
                continue;
            }
            try {
                ResponseValidator trust =
                        new ResponseValidator(
                                subject.issuer(), judge.profile().locallyTrustedSigner());
                CheckSession session =
                        new CheckSession(ResponderUrl.parse(url.get()), wire, trust, limits, pause);
                Responder responder = new Responder(url.get(), subject.issuer().key());
                CheckResult judgement =
                        judge.examine(subject, session, !judged.contains(responder));
                judgements.add(judgement);
                if (isAnswered(judgement)) {
                    judged.add(responder);
                }
            } catch (InvalidUrlException e) {
                problems.add(
                        "%s: %s; give the responder's address with --url"
                                .formatted(subject.name(), e.explanation()));
            }
        }
        return new CheckRound(judge.clock().instant(), judgements, problems);
    }

    /// Without an answer most rules about a responder cannot be checked; the next certificate may
    /// get one.
    private static boolean isAnswered(CheckResult judgement) {
        return judgement.results().stream()
                .anyMatch(it -> it.rule() == CheckRule.SA_01 && it.verdict() == RuleVerdict.PASS);
    }
}
