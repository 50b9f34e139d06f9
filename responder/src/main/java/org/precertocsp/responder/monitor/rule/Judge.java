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

/// Checks one certificate's status at its responder against all rules. Blocks; sends one request at
/// a time.
public record Judge(IssuerProfile profile, InstantSource clock) {
    /// @param thorough whether to check the responder as a whole as well: about twenty more
    ///   requests
    public Judgement examine(Subject subject, Session session, boolean thorough) {
        Rulings results = new Rulings();
        List<Asked> answers = Case.sendPlainRequests(subject, session);
        if (known(answers).isEmpty()) {
            silent(subject, results, answers);
        } else {
            answers = settled(answers, new LiveSession(session, known(answers).get()), results);
        }
        Instant now = clock.instant();
        Case context = new Case(subject, profile, session, results, answers, now);
        address(context);
        new AvailabilityRules(context).examine();
        answers.forEach(exchange -> examine(context, exchange));
        if (thorough) {
            known(answers).ifPresent(known -> examine(context, new LiveSession(session, known)));
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
                status(context),
                slowest,
                now,
                results.list(thorough));
    }

    /// A missing answer that is required fails SA-01; for other certificates, silence fails SA-18.
    private static void silent(Subject subject, Rulings results, List<Asked> answers) {
        if (subject.isOwed()) {
            results.notApplicable(Rule.SA_18, "it never answered (SA-01)");
        } else {
            results.fail(Rule.SA_18, "nothing answers: " + answers.getFirst().seen());
        }
    }

    /// If some requests were answered, the failed ones are sent again. Those that failed because
    /// the responder went away are dropped, and rules about them are not checked.
    private static List<Asked> settled(List<Asked> answers, LiveSession live, Rulings results) {
        List<Asked> settled = new ArrayList<>();
        try {
            for (Asked exchange : answers) {
                settled.add(live.settled(exchange));
            }
            results.pass(Rule.SA_18, "it continued to answer");
            return settled;
        } catch (ResponderGone e) {
            results.fail(Rule.SA_18, e.explanation());
            return answers.stream().filter(exchange -> exchange.reply().isPresent()).toList();
        }
    }

    /// A request that the responder answered definitively, or at least answered.
    private static Optional<Asked> known(List<Asked> answers) {
        return answers.stream()
                .filter(Asked::isDefinitive)
                .findFirst()
                .or(() -> answers.stream().filter(Asked::isOcsp).findFirst());
    }

    /// The responder as a whole.
    private static void examine(Case context, LiveSession session) {
        try {
            if (context.working().isPresent()) {
                new HttpRequestRules(context, session).examine();
                new OcspRequestRules(context, session).examine();
            }
            // Last, because some responders crash on bytes that are not a request.
            new StrangerRules(context, session).examine();
        } catch (ResponderGone e) {
            context.results().fail(Rule.SA_18, e.explanation());
            Arrays.stream(Rule.values())
                    .filter(rule -> !rule.isOfEveryAnswer())
                    .forEach(
                            rule ->
                                    context.results()
                                            .notApplicable(rule, "not completed: see SA-18"));
        }
    }

    private static void examine(Case context, Asked exchange) {
        if (exchange.isOcsp()) {
            exchange.reply()
                    .ifPresent(reply -> new HeaderRules(context, exchange, reply).examine());
        }
        Optional<SignedReading> signed = exchange.signed();
        if (signed.isPresent()) {
            new ResponseRules(context, exchange, signed.get()).examine();
            new SignerRules(context, exchange, signed.get()).examine();
            exchange.single()
                    .ifPresent(
                            single ->
                                    new TimeRules(context, exchange, signed.get(), single)
                                            .examine());
        }
    }

    private static void address(Case context) {
        Optional<String> named = context.subject().named();
        if (named.isEmpty()) {
            context.results().notApplicable(Rule.HT_18, "it names none");
            return;
        }
        boolean http = named.get().toLowerCase(Locale.ROOT).startsWith("http://");
        context.results().require(Rule.HT_18, http, named::get);
    }

    private static String status(Case context) {
        return context.working()
                .or(() -> context.answers().stream().findFirst())
                .map(Asked::summary)
                .orElse("nothing requested");
    }
}
