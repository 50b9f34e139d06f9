package org.precertocsp.responder.monitor.rule;

import static org.precertocsp.ocsp.HashAlgorithm.SHA1;
import static org.precertocsp.ocsp.HashAlgorithm.SHA256;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.monitor.response.SingleReading;
import org.precertocsp.responder.monitor.subject.Subject.Kind;

/// Whether there is a definitive answer at all, by every method and hash, and in time.
record AvailabilityRules(Case it) {
    private static final int QUESTIONS = 4;

    void examine() {
        definitive();
        method(Rule.HT_01, "GET", "POST");
        method(Rule.HT_02, "POST", "GET");
        hashes();
        time();
    }

    private void definitive() {
        Verdict verdict = it.usable().isEmpty() ? undecided() : Verdict.PASS;
        String seen = reason() + summary(it.answers());
        it.rulings().add(Rule.SA_01, verdict, seen);
        commitment(Rule.SS_09, it.subject().kind().isPrecertificate(), verdict, seen);
        commitment(Rule.SS_02, it.subject().kind() == Kind.PRECERTIFICATE_BY_SIGNER, verdict, seen);
    }

    private void commitment(Rule rule, boolean applies, Verdict verdict, String seen) {
        if (applies) {
            it.rulings().add(rule, verdict, seen);
        } else {
            it.rulings().notApplicable(rule, "this is a " + it.subject().kind());
        }
    }

    private Verdict undecided() {
        if (isExpired() || isFresh()) {
            return Verdict.NOT_APPLICABLE;
        }
        return it.subject().isOwed() || isMisleading() ? Verdict.FAIL : Verdict.WARN;
    }

    /// Where none is owed, silence is no fault, but an answer that clients refuse is one.
    private boolean isMisleading() {
        return it.answers().stream().anyMatch(asked -> asked.objection().isPresent());
    }

    private String reason() {
        if (!it.usable().isEmpty()) {
            return "";
        } else if (isExpired()) {
            return "expired at %s, so that its record may be gone (SA-15); "
                    .formatted(it.subject().notAfter());
        } else if (isFresh()) {
            return "published less than %d minutes ago; "
                    .formatted(it.limits().publication().toMinutes());
        }
        return it.subject().isOwed() ? "" : "names no OCSP service, so none is owed (SA-16); ";
    }

    private boolean isExpired() {
        Duration kept = it.profile().retentionPastExpiry().orElse(Duration.ZERO);
        return it.subject().notAfter().plus(kept).isBefore(it.now());
    }

    private boolean isFresh() {
        Optional<Instant> published = it.subject().published();
        return published.isPresent()
                && it.now().isBefore(published.get().plus(it.limits().publication()));
    }

    private static String summary(List<Asked> answers) {
        boolean complete = answers.size() == QUESTIONS;
        boolean same = answers.stream().map(Asked::summary).distinct().count() == 1;
        return same && complete
                ? answers.getFirst().summary() + " (GET, POST, SHA-1, SHA-256)"
                : answers.stream().map(Asked::seen).collect(Collectors.joining("; "));
    }

    /// A method is at fault where the other one gets an answer it does not get.
    private void method(Rule rule, String judged, String other) {
        if (it.answers().stream().noneMatch(Asked::isOcsp)) {
            it.rulings().notApplicable(rule, "nothing answers: " + summary(it.answers()));
            return;
        }
        for (Asked mine : it.by(judged)) {
            Asked theirs =
                    it.by(other).stream()
                            .filter(a -> a.hash() == mine.hash())
                            .findFirst()
                            .orElse(mine);
            boolean worse = theirs.isUsable() && (!mine.isUsable() || !sameStatus(mine, theirs));
            boolean none = theirs.isOcsp() && !mine.isOcsp();
            it.rulings()
                    .require(
                            rule,
                            !worse && !none,
                            () ->
                                    worse || none
                                            ? mine.seen() + ", but " + theirs.seen()
                                            : mine.seen());
        }
    }

    private static boolean sameStatus(Asked one, Asked other) {
        return one.single()
                .map(SingleReading::status)
                .equals(other.single().map(SingleReading::status));
    }

    private void hashes() {
        Optional<Asked> old = usable(SHA1);
        Optional<Asked> current = usable(SHA256);
        if ((old.isEmpty() && current.isEmpty()) || !wasAsked(SHA1) || !wasAsked(SHA256)) {
            it.rulings().notApplicable(Rule.CI_03, "no usable answers to compare");
        } else if (current.isEmpty()) {
            it.rulings().fail(Rule.CI_03, "SHA-256 is not answered: " + summary(it.answers()));
        } else if (old.isEmpty()) {
            it.rulings().warn(Rule.CI_03, "SHA-1 is not answered: " + summary(it.answers()));
        } else {
            it.rulings()
                    .require(
                            Rule.CI_03,
                            sameStatus(old.get(), current.get()),
                            () -> old.get().seen() + "; " + current.get().seen());
        }
    }

    private boolean wasAsked(HashAlgorithm hash) {
        return it.answers().stream().anyMatch(asked -> asked.hash() == hash);
    }

    private Optional<Asked> usable(HashAlgorithm hash) {
        return it.usable().stream().filter(a -> a.hash() == hash).findFirst();
    }

    private void time() {
        for (Asked asked : it.answers()) {
            Duration took = asked.outcome().took();
            boolean late = took.compareTo(it.limits().answerTime()) > 0;
            if (asked.reply().isEmpty() && !late) {
                // A connection refused at once is no quick answer.
                continue;
            }
            it.rulings()
                    .require(
                            Rule.TF_17,
                            !late,
                            () -> "%s took %.3f s".formatted(asked.how(), took.toMillis() / 1e3));
        }
    }
}
