package org.precertocsp.responder.monitor;

import java.security.SecureRandom;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;

/// Checks which OCSP requests are accepted: nonces (RFC 9654), unknown extensions, and CertIDs of
/// several kinds, also those that belong to no issuer.
record OcspRequestRules(CheckContext context, RetryingSession session) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte OCTET_STRING = 0x04;
    private static final int JUNK = 8;

    void examine() throws ResponderGoneException {
        nonces();
        certIds();
    }

    private void nonces() throws ResponderGoneException {
        CertId id = context.working().orElseThrow().request().certId();
        boolean longest = accepted(id, 32);
        boolean shortest = accepted(id, 16);
        otherLength(id, 8);
        otherLength(id, 64);
        if (longest || shortest) {
            refused(id, 0);
            refused(id, 129);
        } else {
            context.results().notApplicable(CheckRule.NO_02, "no nonce is ever returned");
            context.results().notApplicable(CheckRule.NO_04, "no nonce is ever returned");
            context.results().notApplicable(CheckRule.NO_05, "no nonce is ever returned");
        }
        unknownExtensions(id);
    }

    /// @return whether the response contains a nonce
    private boolean accepted(CertId id, int length) throws ResponderGoneException {
        ByteString nonce = random(length);
        Exchange exchange = session.ask(CheckRequest.withNonce(id, nonce));
        String what = "nonce of %d bytes: ".formatted(length);
        context.results()
                .recommend(CheckRule.NO_06, exchange.isUsable(), () -> what + exchange.summary());
        Optional<ByteString> answered = exchange.signed().flatMap(ParsedBasicResponse::nonce);
        answered.ifPresent(value -> returned(what, nonce, value));
        return answered.isPresent();
    }

    private void returned(String what, ByteString sent, ByteString extensionValue) {
        boolean wrapped =
                extensionValue.length() > 1
                        && extensionValue.at(0) == OCTET_STRING
                        && extensionValue.at(1) == extensionValue.length() - 2;
        context.results()
                .require(CheckRule.NO_05, wrapped, () -> what + "came back as " + extensionValue);
        boolean same = (wrapped ? inside(extensionValue) : extensionValue).equals(sent);
        context.results()
                .require(
                        CheckRule.NO_08,
                        same,
                        () -> what + (same ? "came back" : "another came back: " + extensionValue));
        context.results().pass(CheckRule.NO_02, what + "answered with a nonce");
    }

    private static ByteString inside(ByteString wrapped) {
        return ByteString.of(wrapped.toArray(), 2, wrapped.length() - 2);
    }

    private void otherLength(CertId id, int length) throws ResponderGoneException {
        ByteString nonce = random(length);
        Exchange exchange = session.ask(CheckRequest.withNonce(id, nonce));
        String what = "nonce of %d bytes: ".formatted(length);
        context.results()
                .recommend(CheckRule.NO_03, exchange.isUsable(), () -> what + exchange.summary());
        exchange.signed()
                .flatMap(ParsedBasicResponse::nonce)
                .ifPresent(value -> returned(what, nonce, value));
    }

    private void refused(CertId id, int length) throws ResponderGoneException {
        Exchange exchange = session.ask(CheckRequest.withNonce(id, random(length)));
        boolean refused =
                exchange.isRefusal(ParsedResponse.Refusal.MALFORMED_REQUEST)
                        || exchange.reply().filter(reply -> reply.status() == 400).isPresent();
        context.results()
                .require(
                        CheckRule.NO_04,
                        refused,
                        () -> "nonce of %d bytes: %s".formatted(length, exchange.summary()));
    }

    private void unknownExtensions(CertId id) throws ResponderGoneException {
        Exchange ignored = session.ask(CheckRequest.withUnknownExtension(id, false, JUNK));
        context.results()
                .require(
                        CheckRule.NO_07,
                        ignored.isUsable(),
                        () -> "unknown extension: " + ignored.summary());
        Exchange critical = session.ask(CheckRequest.withUnknownExtension(id, true, JUNK));
        context.results()
                .require(
                        CheckRule.NO_07,
                        critical.signed().isEmpty(),
                        () -> "unknown critical extension: " + critical.reading().summary());
    }

    private static ByteString random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return ByteString.of(bytes);
    }

    private void certIds() throws ResponderGoneException {
        for (Exchange plain : context.by("POST").stream().filter(Exchange::isUsable).toList()) {
            otherParameters(plain.request().certId());
        }
        CertId id = context.working().orElseThrow().request().certId();
        Exchange named = session.ask(CheckRequest.withRequestor(id));
        context.results()
                .require(
                        CheckRule.CI_08,
                        named.isUsable(),
                        () -> "requestorName without signature: " + named.reading().summary());
        Exchange mixed = session.ask(CheckRequest.plain(withOtherKey(id)));
        context.results()
                .require(
                        CheckRule.CI_09,
                        !mixed.isDefinitive(),
                        () -> "issuer's name, another key: " + mixed.reading().summary());
        Exchange foreign = session.ask(CheckRequest.withForeignHash(id));
        context.results()
                .require(
                        CheckRule.CI_10,
                        foreign.single()
                                .filter(
                                        single ->
                                                single.status() == ParsedSingleResponse.Status.GOOD)
                                .isEmpty(),
                        () -> "MD5 CertID: " + foreign.reading().summary());
    }

    private void otherParameters(CertId id) throws ResponderGoneException {
        DigestParameters other =
                id.parameters() == DigestParameters.NULL
                        ? DigestParameters.ABSENT
                        : DigestParameters.NULL;
        CertId turned =
                new CertId(
                        id.hashAlgorithm(),
                        other,
                        id.issuerNameHash(),
                        id.issuerKeyHash(),
                        id.serial());
        Exchange exchange = session.ask(CheckRequest.plain(turned));
        boolean repeated =
                exchange.single()
                        .filter(single -> single.certId().repeatsParameters(turned))
                        .isPresent();
        context.results()
                .recommend(
                        CheckRule.CI_07,
                        exchange.isUsable() && repeated,
                        () ->
                                "%s with parameters %s: %s%s"
                                        .formatted(
                                                id.hashAlgorithm().jcaName(),
                                                other,
                                                exchange.reading().summary(),
                                                repeated ? "" : ", not repeated"));
    }

    private static CertId withOtherKey(CertId id) {
        byte[] other = new byte[id.issuerKeyHash().length()];
        RANDOM.nextBytes(other);
        return new CertId(
                id.hashAlgorithm(),
                id.parameters(),
                id.issuerNameHash(),
                ByteString.of(other),
                id.serial());
    }
}
