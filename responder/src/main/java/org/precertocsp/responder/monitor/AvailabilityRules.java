package org.precertocsp.responder.monitor;

import static org.precertocsp.ocsp.HashAlgorithm.SHA1;
import static org.precertocsp.ocsp.HashAlgorithm.SHA256;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.monitor.CheckSubject.Kind;

/// Checks that there is a definitive answer, by every method and hash, and in time.
record AvailabilityRules(CheckContext context) {
    private static final int REQUESTS = 4;

    void examine() {
        definitive();
        method(CheckRule.HT_01, "GET", "POST");
        method(CheckRule.HT_02, "POST", "GET");
        hashes();
        time();
    }

    private void definitive() {
        RuleVerdict verdict = context.usable().isEmpty() ? undecided() : RuleVerdict.PASS;
        String seen = reason() + summary(context.answers());
        context.results().add(CheckRule.SA_01, verdict, seen);
        commitment(CheckRule.SS_09, context.subject().kind().isPrecertificate(), verdict, seen);
        commitment(
                CheckRule.SS_02,
                context.subject().kind() == Kind.PRECERTIFICATE_BY_SIGNER,
                verdict,
                seen);
    }

    private void commitment(CheckRule rule, boolean applies, RuleVerdict verdict, String seen) {
        if (applies) {
            context.results().add(rule, verdict, seen);
        } else {
            context.results().notApplicable(rule, "this is a " + context.subject().kind());
        }
    }

    private RuleVerdict undecided() {
        if (isExpired() || isFresh()) {
            return RuleVerdict.NOT_APPLICABLE;
        }
        return context.subject().isOwed() || isMisleading() ? RuleVerdict.FAIL : RuleVerdict.WARN;
    }

    /// If no answer is required, silence is not a failure, but an answer that clients reject is.
    private boolean isMisleading() {
        return context.answers().stream().anyMatch(exchange -> exchange.objection().isPresent());
    }

    private String reason() {
        if (!context.usable().isEmpty()) {
            return "";
        } else if (isExpired()) {
            return "expired at %s, so that its record may be gone (SA-15); "
                    .formatted(context.subject().notAfter());
        } else if (isFresh()) {
            return "published less than %d minutes ago; "
                    .formatted(context.limits().publication().toMinutes());
        }
        return context.subject().isOwed()
                ? ""
                : "names no OCSP service, so none is required (SA-16); ";
    }

    private boolean isExpired() {
        Duration kept = context.profile().retentionPastExpiry().orElse(Duration.ZERO);
        return context.subject().notAfter().plus(kept).isBefore(context.now());
    }

    private boolean isFresh() {
        Optional<Instant> published = context.subject().published();
        return published.isPresent()
                && context.now().isBefore(published.get().plus(context.limits().publication()));
    }

    private static String summary(List<Exchange> answers) {
        boolean complete = answers.size() == REQUESTS;
        boolean same = answers.stream().map(Exchange::summary).distinct().count() == 1;
        return same && complete
                ? answers.getFirst().summary() + " (GET, POST, SHA-1, SHA-256)"
                : answers.stream().map(Exchange::seen).collect(Collectors.joining("; "));
    }

    /// A method fails if the other one gets an answer that it does not get.
    private void method(CheckRule rule, String judged, String other) {
        if (context.answers().stream().noneMatch(Exchange::isOcsp)) {
            context.results().notApplicable(rule, "nothing answers: " + summary(context.answers()));
            return;
        }
        for (Exchange mine : context.by(judged)) {
            Exchange theirs =
                    context.by(other).stream()
                            .filter(a -> a.hash() == mine.hash())
                            .findFirst()
                            .orElse(mine);
            boolean worse = theirs.isUsable() && (!mine.isUsable() || !sameStatus(mine, theirs));
            boolean none = theirs.isOcsp() && !mine.isOcsp();
            context.results()
                    .require(
                            rule,
                            !worse && !none,
                            () ->
                                    worse || none
                                            ? mine.seen() + ", but " + theirs.seen()
                                            : mine.seen());
        }
    }

    private static boolean sameStatus(Exchange one, Exchange other) {
        return one.single()
                .map(ParsedSingleResponse::status)
                .equals(other.single().map(ParsedSingleResponse::status));
    }

    private void hashes() {
        Optional<Exchange> old = usable(SHA1);
        Optional<Exchange> current = usable(SHA256);
        if ((old.isEmpty() && current.isEmpty()) || !wasAsked(SHA1) || !wasAsked(SHA256)) {
            context.results().notApplicable(CheckRule.CI_03, "no usable answers to compare");
        } else if (current.isEmpty()) {
            context.results()
                    .fail(
                            CheckRule.CI_03,
                            "SHA-256 is not answered: " + summary(context.answers()));
        } else if (old.isEmpty()) {
            context.results()
                    .warn(CheckRule.CI_03, "SHA-1 is not answered: " + summary(context.answers()));
        } else {
            context.results()
                    .require(
                            CheckRule.CI_03,
                            sameStatus(old.get(), current.get()),
                            () -> old.get().seen() + "; " + current.get().seen());
        }
    }

    private boolean wasAsked(HashAlgorithm hash) {
        return context.answers().stream().anyMatch(exchange -> exchange.hash() == hash);
    }

    private Optional<Exchange> usable(HashAlgorithm hash) {
        return context.usable().stream().filter(a -> a.hash() == hash).findFirst();
    }

    private void time() {
        for (Exchange exchange : context.answers()) {
            Duration took = exchange.outcome().took();
            boolean late = took.compareTo(context.limits().answerTime()) > 0;
            if (exchange.reply().isEmpty() && !late) {
                // A refused connection is not a fast answer.
                continue;
            }
            context.results()
                    .require(
                            CheckRule.TF_17,
                            !late,
                            () ->
                                    "%s took %.3f s"
                                            .formatted(exchange.how(), took.toMillis() / 1e3));
        }
    }
}
