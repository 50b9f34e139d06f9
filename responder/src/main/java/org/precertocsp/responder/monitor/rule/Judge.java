package org.precertocsp.responder.monitor.rule;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.monitor.response.SignedReading;
import org.precertocsp.responder.monitor.subject.Subject;
import org.precertocsp.responder.monitor.wire.Outcome;

/// Asks about one serial and judges what is answered. Blocks; asks one question at a time.
public record Judge(IssuerProfile profile, InstantSource clock) {
    /// @param thorough whether the responder as a whole is judged, too: some twenty questions more
    public Judgement examine(Subject subject, Session session, boolean thorough) {
        Rulings rulings = new Rulings();
        List<Asked> answers = Case.askPlainly(subject, session);
        if (known(answers).isEmpty()) {
            silent(subject, rulings, answers);
        } else {
            answers = settled(answers, new LiveSession(session, known(answers).get()), rulings);
        }
        Instant now = clock.instant();
        Case it = new Case(subject, profile, session, rulings, answers, now);
        address(it);
        new AvailabilityRules(it).examine();
        answers.forEach(asked -> examine(it, asked));
        if (thorough) {
            known(answers).ifPresent(known -> examine(it, new LiveSession(session, known)));
        }
        Duration slowest =
                answers.stream()
                        .map(Asked::outcome)
                        .map(Outcome::took)
                        .max(Duration::compareTo)
                        .orElse(Duration.ZERO);
        return new Judgement(
                subject,
                session.endpoint().toString(),
                status(it),
                slowest,
                now,
                rulings.list(thorough));
    }

    /// What is owed is missed by SA-01; who is asked about anything else has to be there, too.
    private static void silent(Subject subject, Rulings rulings, List<Asked> answers) {
        if (subject.isOwed()) {
            rulings.notApplicable(Rule.SA_18, "it was never seen to answer (SA-01)");
        } else {
            rulings.fail(Rule.SA_18, "nothing answers: " + answers.getFirst().seen());
        }
    }

    /// Where some were answered, the failed exchanges are tried again; those that failed because
    /// the responder went away are left out, and rules about them are not judged.
    private static List<Asked> settled(List<Asked> answers, LiveSession live, Rulings rulings) {
        List<Asked> settled = new ArrayList<>();
        try {
            for (Asked asked : answers) {
                settled.add(live.settled(asked));
            }
            rulings.pass(Rule.SA_18, "it went on answering");
            return settled;
        } catch (ResponderGone e) {
            rulings.fail(Rule.SA_18, e.explanation());
            return answers.stream().filter(asked -> asked.reply().isPresent()).toList();
        }
    }

    /// A question to try a responder with: one answered definitively, or else answered at all.
    private static Optional<Asked> known(List<Asked> answers) {
        return answers.stream()
                .filter(Asked::isDefinitive)
                .findFirst()
                .or(() -> answers.stream().filter(Asked::isOcsp).findFirst());
    }

    /// The responder as a whole.
    private static void examine(Case it, LiveSession live) {
        try {
            if (it.working().isPresent()) {
                new PathRules(it, live).examine();
                new MethodRules(it, live).examine();
                new NonceRules(it, live).examine();
                new CertIdRules(it, live).examine();
            }
            // Last: there are responders that end at octets that are no request.
            new StrangerRules(it, live).examine();
        } catch (ResponderGone e) {
            it.rulings().fail(Rule.SA_18, e.explanation());
            Arrays.stream(Rule.values())
                    .filter(rule -> !rule.isOfEveryAnswer())
                    .forEach(
                            rule ->
                                    it.rulings()
                                            .notApplicable(
                                                    rule, "not asked to the end: see SA-18"));
        }
    }

    private static void examine(Case it, Asked asked) {
        if (asked.isOcsp()) {
            asked.reply().ifPresent(reply -> new HeaderRules(it, asked, reply).examine());
        }
        Optional<SignedReading> signed = asked.signed();
        if (signed.isPresent()) {
            new EchoRules(it, asked, signed.get()).examine();
            new FormRules(it, asked, signed.get()).examine();
            new SignerRules(it, asked, signed.get()).examine();
            asked.single()
                    .ifPresent(single -> new TimeRules(it, asked, signed.get(), single).examine());
        }
    }

    private static void address(Case it) {
        Optional<String> named = it.subject().named();
        if (named.isEmpty()) {
            it.rulings().notApplicable(Rule.HT_18, "it names none");
            return;
        }
        boolean http = named.get().toLowerCase(Locale.ROOT).startsWith("http://");
        it.rulings().require(Rule.HT_18, http, named::get);
    }

    private static String status(Case it) {
        return it.working()
                .or(() -> it.answers().stream().findFirst())
                .map(Asked::summary)
                .orElse("nothing asked");
    }
}
