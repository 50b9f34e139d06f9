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
import org.precertocsp.responder.monitor.question.CheckRequest;
import org.precertocsp.responder.monitor.response.Reading;
import org.precertocsp.responder.monitor.response.SingleReading;
import org.precertocsp.responder.monitor.wire.WireReply;

/// Checks the answers for unassigned serials and for malformed requests.
record StrangerRules(Case context, LiveSession session) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SERIAL_BITS = 159;
    private static final List<Rule> NEVER_GOOD = List.of(Rule.SS_04, Rule.SS_05, Rule.SS_06);

    void examine() throws ResponderGone {
        Asked posted = session.post(random(HashAlgorithm.SHA1));
        Asked got = session.get(random(HashAlgorithm.SHA256));
        neverGood(posted);
        neverGood(got);
        cached(got.isOcsp() ? got : posted);
        bytes(posted);
        bytes(got);
        oddSerials();
        malformed();
    }

    private CheckRequest random(HashAlgorithm hash) {
        BigInteger number = new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS - 1);
        return CheckRequest.plain(Case.certId(context.subject(), hash, Serial.of(number)));
    }

    private void neverGood(Asked exchange) {
        Rule rule = ruleOf(context.profile());
        NEVER_GOOD.stream()
                .filter(other -> other != rule)
                .forEach(
                        other ->
                                context.results()
                                        .notApplicable(
                                                other, "profile " + context.profile().name()));
        boolean good =
                exchange.single()
                        .filter(single -> single.status() == SingleReading.Status.GOOD)
                        .isPresent();
        context.results()
                .add(rule, good ? severity() : Verdict.PASS, "random serial, " + exchange.seen());
        if (context.isPublic()) {
            exchange.single()
                    .filter(single -> single.status() == SingleReading.Status.REVOKED)
                    .ifPresent(
                            _ ->
                                    context.results()
                                            .fail(Rule.SA_04, "random serial, " + exchange.seen()));
        }
    }

    private static Rule ruleOf(IssuerProfile profile) {
        return switch (profile.name()) {
            case "code-signing" -> Rule.SS_05;
            case "smime" -> Rule.SS_06;
            default -> Rule.SS_04;
        };
    }

    /// For a CA with name constraints this is only a SHOULD NOT, and RFC 6960 permits it in a
    /// private PKI.
    private Verdict severity() {
        boolean constrained =
                context.subject().issuer().holder().getExtension(Extension.nameConstraints) != null;
        boolean escape = constrained && !context.profile().equals(IssuerProfile.CODE_SIGNING);
        return context.isPublic() && !escape ? Verdict.FAIL : Verdict.WARN;
    }

    /// The next certificate may get this serial, and must be answered within 15 minutes.
    private void cached(Asked exchange) {
        if (exchange.isDefinitive() || exchange.reply().isEmpty()) {
            context.results().notApplicable(Rule.HT_14, "random serial, " + exchange.seen());
            return;
        }
        CacheControl control = CacheControl.of(exchange.reply().get());
        context.results()
                .recommend(
                        Rule.HT_14,
                        control.forbidsCaching(),
                        () -> exchange.seen() + ", Cache-Control " + control.text());
    }

    private void bytes(Asked exchange) {
        if (exchange.reading() instanceof Reading.Refusal refusal) {
            context.results()
                    .require(
                            Rule.RP_03,
                            !refusal.hasBytes() && refusal.code() != 4 && refusal.code() <= 6,
                            () ->
                                    exchange.seen()
                                            + (refusal.hasBytes() ? " with responseBytes" : ""));
        }
    }

    private void malformed() throws ResponderGone {
        CertId id = context.answers().getFirst().request().certId();
        Octets junk = Octets.of("no OCSP request".getBytes(StandardCharsets.US_ASCII));
        Asked exchange = session.post(new CheckRequest("junk", id, junk));
        bytes(exchange);
        boolean rejected =
                exchange.isRefusal(Reading.Refusal.MALFORMED_REQUEST)
                        || exchange.reply().filter(reply -> reply.status() / 100 == 4).isPresent();
        context.results()
                .recommend(
                        Rule.RP_03,
                        rejected,
                        () -> "bytes that are not a request: " + exchange.seen());
    }

    private void oddSerials() throws ResponderGone {
        CertId id = context.answers().getFirst().request().certId();
        Map<String, BigInteger> odd =
                Map.of(
                        "serial 0", BigInteger.ZERO,
                        "serial -1", BigInteger.ONE.negate(),
                        "serial of 20 bytes", BigInteger.ONE.shiftLeft(158),
                        "serial of 21 bytes", BigInteger.ONE.shiftLeft(162));
        for (Map.Entry<String, BigInteger> each : odd.entrySet()) {
            String name = each.getKey();
            Asked exchange = session.post(CheckRequest.aboutSerial(id, name, each.getValue()));
            context.results()
                    .recommend(
                            Rule.SS_15,
                            exchange.reply().filter(StrangerRules::isHealthy).isPresent(),
                            () -> name + ": " + exchange.reading().summary());
        }
    }

    private static boolean isHealthy(WireReply reply) {
        return reply.status() < 500;
    }
}
