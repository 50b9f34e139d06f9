package org.precertocsp.responder.monitor;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x509.Extension;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;

/// Checks the answers for unassigned serials and for malformed requests.
record UnassignedSerialRules(CheckContext context, RetryingSession session) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SERIAL_BITS = 159;
    private static final List<CheckRule> NEVER_GOOD =
            List.of(CheckRule.SS_04, CheckRule.SS_05, CheckRule.SS_06);

    void examine() throws ResponderGoneException {
        Exchange posted = session.post(random(HashAlgorithm.SHA1));
        Exchange got = session.get(random(HashAlgorithm.SHA256));
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
        return CheckRequest.plain(CheckContext.certId(context.subject(), hash, Serial.of(number)));
    }

    private void neverGood(Exchange exchange) {
        CheckRule rule = ruleOf(context.profile());
        NEVER_GOOD.stream()
                .filter(other -> other != rule)
                .forEach(
                        other ->
                                context.results()
                                        .notApplicable(
                                                other, "profile " + context.profile().name()));
        boolean good =
                exchange.single()
                        .filter(single -> single.status() == ParsedSingleResponse.Status.GOOD)
                        .isPresent();
        context.results()
                .add(
                        rule,
                        good ? severity() : RuleVerdict.PASS,
                        "random serial, " + exchange.seen());
        if (context.isPublic()) {
            exchange.single()
                    .filter(single -> single.status() == ParsedSingleResponse.Status.REVOKED)
                    .ifPresent(
                            _ ->
                                    context.results()
                                            .fail(
                                                    CheckRule.SA_04,
                                                    "random serial, " + exchange.seen()));
        }
    }

    private static CheckRule ruleOf(IssuerProfile profile) {
        return switch (profile.name()) {
            case "code-signing" -> CheckRule.SS_05;
            case "smime" -> CheckRule.SS_06;
            default -> CheckRule.SS_04;
        };
    }

    /// For a CA with name constraints this is only a SHOULD NOT, and RFC 6960 permits it in a
    /// private PKI.
    private RuleVerdict severity() {
        boolean constrained =
                context.subject().issuer().holder().getExtension(Extension.nameConstraints) != null;
        boolean escape = constrained && !context.profile().equals(IssuerProfile.CODE_SIGNING);
        return context.isPublic() && !escape ? RuleVerdict.FAIL : RuleVerdict.WARN;
    }

    /// The next certificate may get this serial, and must be answered within 15 minutes.
    private void cached(Exchange exchange) {
        if (exchange.isDefinitive() || exchange.reply().isEmpty()) {
            context.results().notApplicable(CheckRule.HT_14, "random serial, " + exchange.seen());
            return;
        }
        ResponseCacheControl control = ResponseCacheControl.of(exchange.reply().get());
        context.results()
                .recommend(
                        CheckRule.HT_14,
                        control.forbidsCaching(),
                        () -> exchange.seen() + ", Cache-Control " + control.text());
    }

    private void bytes(Exchange exchange) {
        if (exchange.reading() instanceof ParsedResponse.Refusal refusal) {
            context.results()
                    .require(
                            CheckRule.RP_03,
                            !refusal.hasBytes() && refusal.code() != 4 && refusal.code() <= 6,
                            () ->
                                    exchange.seen()
                                            + (refusal.hasBytes() ? " with responseBytes" : ""));
        }
    }

    private void malformed() throws ResponderGoneException {
        CertId id = context.answers().getFirst().request().certId();
        ByteString junk = ByteString.of("no OCSP request".getBytes(StandardCharsets.US_ASCII));
        Exchange exchange = session.post(new CheckRequest("junk", id, junk));
        bytes(exchange);
        boolean rejected =
                exchange.isRefusal(ParsedResponse.Refusal.MALFORMED_REQUEST)
                        || exchange.reply().filter(reply -> reply.status() / 100 == 4).isPresent();
        context.results()
                .recommend(
                        CheckRule.RP_03,
                        rejected,
                        () -> "bytes that are not a request: " + exchange.seen());
    }

    private void oddSerials() throws ResponderGoneException {
        CertId id = context.answers().getFirst().request().certId();
        Map<String, BigInteger> odd =
                Map.of(
                        "serial 0", BigInteger.ZERO,
                        "serial -1", BigInteger.ONE.negate(),
                        "serial of 20 bytes", BigInteger.ONE.shiftLeft(158),
                        "serial of 21 bytes", BigInteger.ONE.shiftLeft(162));
        for (Map.Entry<String, BigInteger> each : odd.entrySet()) {
            String name = each.getKey();
            Exchange exchange = session.post(CheckRequest.aboutSerial(id, name, each.getValue()));
            context.results()
                    .recommend(
                            CheckRule.SS_15,
                            exchange.reply().filter(UnassignedSerialRules::isHealthy).isPresent(),
                            () -> name + ": " + exchange.reading().summary());
        }
    }

    private static boolean isHealthy(RawHttpResponse reply) {
        return reply.status() < 500;
    }
}
