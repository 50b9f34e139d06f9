package org.precertocsp.responder.monitor.rule;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.monitor.question.GetEncoding;
import org.precertocsp.responder.monitor.question.Question;
import org.precertocsp.responder.monitor.question.Questions;
import org.precertocsp.responder.monitor.wire.WireReply;

/// The ways clients and proxies write a GET. Each is compared with the same request written as RFC
/// 6960 asks, so that only the writing can be at fault.
record PathRules(Case it, LiveSession live) {
    private static final List<GetEncoding> PLAIN =
            List.of(
                    GetEncoding.RAW_PLUS,
                    GetEncoding.RAW_SLASH,
                    GetEncoding.RAW_PADDING,
                    GetEncoding.LOWER_CASE_ESCAPES);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SHORTEST_NONCE = 30;
    private static final int LONG_VALUE = 200;

    void examine() throws ResponderGone {
        CertId id = it.working().orElseThrow().question().asked();
        Asked plain = live.get(Questions.plain(id));
        if (!plain.isUsable()) {
            for (Rule rule : List.of(Rule.HT_03, Rule.HT_04, Rule.HT_05)) {
                it.rulings().notApplicable(rule, "no GET is answered: " + plain.seen());
            }
            return;
        }
        Optional<Question> awkward = awkward(id);
        Question written = awkward.orElse(plain.question());
        for (GetEncoding encoding : PLAIN) {
            judge(Rule.HT_03, written, encoding);
        }
        it.rulings().pass(Rule.HT_03, "every escape and none gives the same answer");
        judge(Rule.HT_04, written, GetEncoding.LEADING_SLASHES);
        if (awkward.isPresent()) {
            judge(Rule.HT_04, written, GetEncoding.RAW_SLASHES);
            it.rulings().pass(Rule.HT_04, "answered with '//' before it and inside");
        } else {
            it.rulings()
                    .notApplicable(
                            Rule.HT_04, "no request is answered that could have '//' inside");
        }
        longGet(id);
    }

    /// A request whose base64 has `+`, `/`, `//` and padding, and which is answered when all of
    /// that is escaped. What makes it so is a nonce, an extension or a requestor's name of random
    /// octets, whichever the responder answers; that is tried with octets that bring no `//` first.
    /// So a proxy that breaks `//` even where it is escaped is told apart from a responder that
    /// does not like nonces. Empty where none is answered.
    private Optional<Question> awkward(CertId id) throws ResponderGone {
        for (Function<Octets, Question> kind : kinds(id)) {
            Question question = rolled(kind, PathRules::isAwkward);
            Asked asked = live.get(question);
            if (asked.isUsable()) {
                return Optional.of(question);
            }
            Asked twin = live.get(rolled(kind, text -> !text.contains("//")));
            if (twin.isUsable()) {
                it.rulings()
                        .fail(
                                Rule.HT_04,
                                "GET with '//' inside, escaped as %%2F%%2F: %s; the same without it: %s"
                                        .formatted(asked.summary(), twin.summary()));
                return Optional.of(twin.question());
            }
        }
        return Optional.empty();
    }

    private static List<Function<Octets, Question>> kinds(CertId id) {
        return List.of(
                octets -> Questions.withNonce(id, octets),
                octets -> Questions.withUnknownExtension(id, octets),
                octets -> Questions.withRequestor(id, octets));
    }

    private static boolean isAwkward(String base64) {
        return base64.contains("//") && base64.contains("+") && base64.endsWith("=");
    }

    /// Rolled until its base64 is as wanted; that always ends, as one try in some hundred fits.
    private static Question rolled(Function<Octets, Question> kind, Predicate<String> wanted) {
        Question question;
        int length = SHORTEST_NONCE;
        do {
            byte[] octets = new byte[length];
            RANDOM.nextBytes(octets);
            length = SHORTEST_NONCE + (length + 1) % 3;
            question = kind.apply(Octets.of(octets));
        } while (!wanted.test(Base64.getEncoder().encodeToString(question.der().toArray())));
        return question;
    }

    private void judge(Rule rule, Question question, GetEncoding encoding) throws ResponderGone {
        if (!encoding.matters(question.der())) {
            return;
        }
        Asked asked = live.get(question, encoding);
        if (!asked.isUsable()) {
            it.rulings()
                    .fail(
                            rule,
                            "GET with %s: %s%s"
                                    .formatted(
                                            encoding,
                                            asked.summary(),
                                            asked.reply()
                                                    .map((WireReply r) -> ", HTTP " + r.status())
                                                    .orElse("")));
        }
    }

    private void longGet(CertId id) throws ResponderGone {
        Question question = Questions.withUnknownExtension(id, false, LONG_VALUE);
        if (it.by("POST").stream().anyMatch(Asked::isUsable) && !live.post(question).isUsable()) {
            it.rulings().notApplicable(Rule.HT_05, "such a request is not answered by POST either");
            return;
        }
        Asked asked = live.get(question);
        it.rulings()
                .recommend(
                        Rule.HT_05,
                        asked.isUsable(),
                        () ->
                                "GET of %d octets: %s"
                                        .formatted(
                                                it.session()
                                                        .endpoint()
                                                        .target(
                                                                GetEncoding.CANONICAL.of(
                                                                        question.der()))
                                                        .length(),
                                                asked.summary()));
    }
}
