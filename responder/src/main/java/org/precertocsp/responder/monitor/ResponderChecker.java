package org.precertocsp.responder.monitor;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.precertocsp.ocsp.IssuerProfile;

/// Checks one certificate's status at its responder against all rules. Blocks; sends one request at
/// a time.
public record ResponderChecker(IssuerProfile profile, InstantSource clock) {
    /// @param thorough whether to check the responder as a whole as well: about twenty more
    ///   requests
    public CheckResult examine(CheckSubject subject, CheckSession session, boolean thorough) {
        RuleResults results = new RuleResults();
        List<Exchange> answers = CheckContext.sendPlainRequests(subject, session);
        if (known(answers).isEmpty()) {
            silent(subject, results, answers);
        } else {
            answers = settled(answers, new RetryingSession(session, known(answers).get()), results);
        }
        Instant now = clock.instant();
        CheckContext context = new CheckContext(subject, profile, session, results, answers, now);
        address(context);
        new AvailabilityRules(context).examine();
        answers.forEach(exchange -> examine(context, exchange));
        if (thorough) {
            known(answers)
                    .ifPresent(known -> examine(context, new RetryingSession(session, known)));
        }
        Duration slowest =
                answers.stream()
                        .map(Exchange::outcome)
                        .map(HttpOutcome::took)
                        .max(Duration::compareTo)
                        .orElse(Duration.ZERO);
        return new CheckResult(
                subject,
                session.endpoint().toString(),
                status(context),
                slowest,
                now,
                results.list(thorough));
    }

    /// A missing answer that is required fails SA-01; for other certificates, silence fails SA-18.
    private static void silent(CheckSubject subject, RuleResults results, List<Exchange> answers) {
        if (subject.isOwed()) {
            results.notApplicable(CheckRule.SA_18, "it never answered (SA-01)");
        } else {
            results.fail(CheckRule.SA_18, "nothing answers: " + answers.getFirst().seen());
        }
    }

    /// If some requests were answered, the failed ones are sent again. Those that failed because
    /// the responder went away are dropped, and rules about them are not checked.
    private static List<Exchange> settled(
            List<Exchange> answers, RetryingSession live, RuleResults results) {
        List<Exchange> settled = new ArrayList<>();
        try {
            for (Exchange exchange : answers) {
                settled.add(live.settled(exchange));
            }
            results.pass(CheckRule.SA_18, "it continued to answer");
            return settled;
        } catch (ResponderGoneException e) {
            results.fail(CheckRule.SA_18, e.explanation());
            return answers.stream().filter(exchange -> exchange.reply().isPresent()).toList();
        }
    }

    /// A request that the responder answered definitively, or at least answered.
    private static Optional<Exchange> known(List<Exchange> answers) {
        return answers.stream()
                .filter(Exchange::isDefinitive)
                .findFirst()
                .or(() -> answers.stream().filter(Exchange::isOcsp).findFirst());
    }

    /// The responder as a whole.
    private static void examine(CheckContext context, RetryingSession session) {
        try {
            if (context.working().isPresent()) {
                new HttpRequestRules(context, session).examine();
                new OcspRequestRules(context, session).examine();
            }
            // Last, because some responders crash on bytes that are not a request.
            new UnassignedSerialRules(context, session).examine();
        } catch (ResponderGoneException e) {
            context.results().fail(CheckRule.SA_18, e.explanation());
            Arrays.stream(CheckRule.values())
                    .filter(rule -> !rule.isOfEveryAnswer())
                    .forEach(
                            rule ->
                                    context.results()
                                            .notApplicable(rule, "not completed: see SA-18"));
        }
    }

    private static void examine(CheckContext context, Exchange exchange) {
        if (exchange.isOcsp()) {
            exchange.reply()
                    .ifPresent(reply -> new HeaderRules(context, exchange, reply).examine());
        }
        Optional<ParsedBasicResponse> signed = exchange.signed();
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

    private static void address(CheckContext context) {
        Optional<String> named = context.subject().named();
        if (named.isEmpty()) {
            context.results().notApplicable(CheckRule.HT_18, "it names none");
            return;
        }
        boolean http = named.get().toLowerCase(Locale.ROOT).startsWith("http://");
        context.results().require(CheckRule.HT_18, http, named::get);
    }

    private static String status(CheckContext context) {
        return context.working()
                .or(() -> context.answers().stream().findFirst())
                .map(Exchange::summary)
                .orElse("nothing requested");
    }
}
