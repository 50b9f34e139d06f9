package org.precertocsp.responder.monitor.rule;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x509.Extension;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.monitor.question.Question;
import org.precertocsp.responder.monitor.question.Questions;
import org.precertocsp.responder.monitor.response.Reading;
import org.precertocsp.responder.monitor.response.SingleReading;
import org.precertocsp.responder.monitor.wire.WireReply;

/// What is said of serials nobody assigned, and to requests that are none.
record StrangerRules(Case it, LiveSession live) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SERIAL_BITS = 159;
    private static final List<Rule> NEVER_GOOD = List.of(Rule.SS_04, Rule.SS_05, Rule.SS_06);

    void examine() throws ResponderGone {
        Asked posted = live.post(random(HashAlgorithm.SHA1));
        Asked got = live.get(random(HashAlgorithm.SHA256));
        neverGood(posted);
        neverGood(got);
        cached(got.isOcsp() ? got : posted);
        bytes(posted);
        bytes(got);
        oddSerials();
        malformed();
    }

    private Question random(HashAlgorithm hash) {
        BigInteger number = new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS - 1);
        return Questions.plain(Case.certId(it.subject(), hash, Serial.of(number)));
    }

    private void neverGood(Asked asked) {
        Rule rule = ruleOf(it.profile());
        NEVER_GOOD.stream()
                .filter(other -> other != rule)
                .forEach(
                        other ->
                                it.rulings()
                                        .notApplicable(other, "profile " + it.profile().name()));
        boolean good =
                asked.single()
                        .filter(single -> single.status() == SingleReading.Status.GOOD)
                        .isPresent();
        it.rulings().add(rule, good ? severity() : Verdict.PASS, "random serial, " + asked.seen());
        if (it.isPublic()) {
            asked.single()
                    .filter(single -> single.status() == SingleReading.Status.REVOKED)
                    .ifPresent(
                            _ -> it.rulings().fail(Rule.SA_04, "random serial, " + asked.seen()));
        }
    }

    private static Rule ruleOf(IssuerProfile profile) {
        return switch (profile.name()) {
            case "code-signing" -> Rule.SS_05;
            case "smime" -> Rule.SS_06;
            default -> Rule.SS_04;
        };
    }

    /// A CA whose names are constrained only SHOULD NOT; RFC 6960 lets a private PKI do it.
    private Verdict severity() {
        boolean constrained =
                it.subject().issuer().holder().getExtension(Extension.nameConstraints) != null;
        boolean escape = constrained && !it.profile().equals(IssuerProfile.CODE_SIGNING);
        return it.isPublic() && !escape ? Verdict.FAIL : Verdict.WARN;
    }

    /// The next certificate may get that very serial, and must be answered within 15 minutes.
    private void cached(Asked asked) {
        if (asked.isDefinitive() || asked.reply().isEmpty()) {
            it.rulings().notApplicable(Rule.HT_14, "random serial, " + asked.seen());
            return;
        }
        CacheControl control = CacheControl.of(asked.reply().get());
        it.rulings()
                .recommend(
                        Rule.HT_14,
                        control.forbidsCaching(),
                        () -> asked.seen() + ", Cache-Control " + control.text());
    }

    private void bytes(Asked asked) {
        if (asked.reading() instanceof Reading.Refusal refusal) {
            it.rulings()
                    .require(
                            Rule.RP_03,
                            !refusal.hasBytes() && refusal.code() != 4 && refusal.code() <= 6,
                            () -> asked.seen() + (refusal.hasBytes() ? " with responseBytes" : ""));
        }
    }

    private void malformed() throws ResponderGone {
        CertId id = it.answers().getFirst().question().asked();
        Octets junk = Octets.of("no OCSP request".getBytes(StandardCharsets.US_ASCII));
        Asked asked = live.post(new Question("junk", id, junk));
        bytes(asked);
        boolean told =
                asked.isRefusal(Reading.Refusal.MALFORMED_REQUEST)
                        || asked.reply().filter(reply -> reply.status() / 100 == 4).isPresent();
        it.rulings()
                .recommend(Rule.RP_03, told, () -> "octets that are no request: " + asked.seen());
    }

    private void oddSerials() throws ResponderGone {
        CertId id = it.answers().getFirst().question().asked();
        Map<String, BigInteger> odd =
                Map.of(
                        "serial 0", BigInteger.ZERO,
                        "serial -1", BigInteger.ONE.negate(),
                        "serial of 20 octets", BigInteger.ONE.shiftLeft(158),
                        "serial of 21 octets", BigInteger.ONE.shiftLeft(162));
        for (Map.Entry<String, BigInteger> each : odd.entrySet()) {
            String name = each.getKey();
            Asked asked = live.post(Questions.aboutSerial(id, name, each.getValue()));
            it.rulings()
                    .recommend(
                            Rule.SS_15,
                            asked.reply().filter(StrangerRules::isHealthy).isPresent(),
                            () -> name + ": " + asked.reading().summary());
        }
    }

    private static boolean isHealthy(WireReply reply) {
        return reply.status() < 500;
    }
}
