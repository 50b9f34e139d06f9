package org.precertocsp.responder.monitor.rule;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
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
    private static final List<GetEncoding> SLASHES =
            List.of(GetEncoding.RAW_SLASHES, GetEncoding.LEADING_SLASHES);

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SHORTEST_NONCE = 30;
    private static final int MANY_TRIES = 20_000;
    private static final int LONG_VALUE = 200;

    void examine() throws ResponderGone {
        CertId id = it.working().orElseThrow().question().asked();
        Question awkward = awkward(id);
        if (!live.get(awkward).isDefinitive()) {
            awkward = Questions.plain(id);
        }
        Asked canonical = live.get(awkward);
        if (!canonical.isDefinitive()) {
            for (Rule rule : List.of(Rule.HT_03, Rule.HT_04, Rule.HT_05)) {
                it.rulings().notApplicable(rule, "no GET is answered: " + canonical.seen());
            }
            return;
        }
        for (GetEncoding encoding : PLAIN) {
            judge(Rule.HT_03, awkward, encoding);
        }
        it.rulings().pass(Rule.HT_03, "every escape and none gives the same answer");
        for (GetEncoding encoding : SLASHES) {
            judge(Rule.HT_04, awkward, encoding);
        }
        it.rulings().pass(Rule.HT_04, "answered with '//' before it and inside");
        longGet(id);
    }

    private void judge(Rule rule, Question question, GetEncoding encoding) throws ResponderGone {
        if (!encoding.matters(question.der())) {
            return;
        }
        Asked asked = live.get(question, encoding);
        if (!asked.isDefinitive()) {
            it.rulings()
                    .fail(
                            rule,
                            "GET with %s: %s%s"
                                    .formatted(
                                            encoding,
                                            asked.reading().summary(),
                                            asked.reply()
                                                    .map((WireReply r) -> ", HTTP " + r.status())
                                                    .orElse("")));
        }
    }

    private void longGet(CertId id) throws ResponderGone {
        Question question = Questions.withUnknownExtension(id, false, LONG_VALUE);
        if (it.by("POST").stream().anyMatch(Asked::isDefinitive)
                && !live.post(question).isDefinitive()) {
            it.rulings().notApplicable(Rule.HT_05, "such a request is not answered by POST either");
            return;
        }
        Asked asked = live.get(question);
        it.rulings()
                .recommend(
                        Rule.HT_05,
                        asked.isDefinitive(),
                        () ->
                                "GET of %d octets: %s"
                                        .formatted(
                                                it.session()
                                                        .endpoint()
                                                        .target(
                                                                GetEncoding.CANONICAL.of(
                                                                        question.der()))
                                                        .length(),
                                                asked.reading().summary()));
    }

    /// A request whose base64 has `+`, `/`, `//` and padding: its nonce is rolled until it does.
    private static Question awkward(CertId id) {
        Question best = Questions.plain(id);
        for (int i = 0; i < MANY_TRIES; i++) {
            byte[] nonce = new byte[SHORTEST_NONCE + i % 3];
            RANDOM.nextBytes(nonce);
            best = Questions.withNonce(id, Octets.of(nonce));
            String text = Base64.getEncoder().encodeToString(best.der().toArray());
            if (text.contains("//") && text.contains("+") && text.endsWith("=")) {
                return best;
            }
        }
        return best;
    }
}
