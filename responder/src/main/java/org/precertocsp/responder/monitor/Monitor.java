package org.precertocsp.responder.monitor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.monitor.rule.AnswerTrust;
import org.precertocsp.responder.monitor.rule.CheckLimits;
import org.precertocsp.responder.monitor.rule.Judge;
import org.precertocsp.responder.monitor.rule.Judgement;
import org.precertocsp.responder.monitor.rule.Round;
import org.precertocsp.responder.monitor.rule.Rule;
import org.precertocsp.responder.monitor.rule.Session;
import org.precertocsp.responder.monitor.rule.Verdict;
import org.precertocsp.responder.monitor.subject.Subject;
import org.precertocsp.responder.monitor.wire.BadAddress;
import org.precertocsp.responder.monitor.wire.Endpoint;
import org.precertocsp.responder.monitor.wire.HttpWire;

/// Checks the responders of certificates, one certificate after the other.
public final class Monitor {
    /// Notified before each certificate is checked.
    @FunctionalInterface
    public interface Progress {
        void next(Subject subject);
    }

    /// A responder for an issuer. The rules about the responder as a whole are checked once for
    /// each.
    private record Responder(String url, IssuerKey issuer) {}

    private final Judge judge;
    private final HttpWire wire;
    private final CheckLimits limits;
    private final Session.Pause pause;

    public Monitor(Judge judge, HttpWire wire, CheckLimits limits, Session.Pause pause) {
        this.judge = judge;
        this.wire = wire;
        this.limits = limits;
        this.pause = pause;
    }

    /// Checks each certificate once. Blocks; the client's limits bound each exchange.
    public Round round(List<Subject> subjects, Progress progress) {
        List<Judgement> judgements = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        Set<Responder> judged = new HashSet<>();
        for (Subject subject : subjects) {
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
                AnswerTrust trust =
                        new AnswerTrust(subject.issuer(), judge.profile().locallyTrustedSigner());
                Session session =
                        new Session(Endpoint.parse(url.get()), wire, trust, limits, pause);
                Responder responder = new Responder(url.get(), subject.issuer().key());
                Judgement judgement = judge.examine(subject, session, !judged.contains(responder));
                judgements.add(judgement);
                if (isAnswered(judgement)) {
                    judged.add(responder);
                }
            } catch (BadAddress e) {
                problems.add(
                        "%s: %s; give the responder's address with --url"
                                .formatted(subject.name(), e.explanation()));
            }
        }
        return new Round(judge.clock().instant(), judgements, problems);
    }

    /// Without an answer most rules about a responder cannot be checked; the next certificate may
    /// get one.
    private static boolean isAnswered(Judgement judgement) {
        return judgement.results().stream()
                .anyMatch(it -> it.rule() == Rule.SA_01 && it.verdict() == Verdict.PASS);
    }
}
