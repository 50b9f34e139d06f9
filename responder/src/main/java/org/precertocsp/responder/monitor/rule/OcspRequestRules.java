package org.precertocsp.responder.monitor.rule;

import java.security.SecureRandom;
import java.util.Optional;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.monitor.question.CheckRequest;
import org.precertocsp.responder.monitor.response.Reading;
import org.precertocsp.responder.monitor.response.SignedReading;
import org.precertocsp.responder.monitor.response.SingleReading;

/// Checks which OCSP requests are accepted: nonces (RFC 9654), unknown extensions, and CertIDs of
/// several kinds, also those that belong to no issuer.
record OcspRequestRules(Case context, LiveSession session) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte OCTET_STRING = 0x04;
    private static final int JUNK = 8;

    void examine() throws ResponderGone {
        nonces();
        certIds();
    }

    private void nonces() throws ResponderGone {
        CertId id = context.working().orElseThrow().request().certId();
        boolean longest = accepted(id, 32);
        boolean shortest = accepted(id, 16);
        otherLength(id, 8);
        otherLength(id, 64);
        if (longest || shortest) {
            refused(id, 0);
            refused(id, 129);
        } else {
            context.results().notApplicable(Rule.NO_02, "no nonce is ever returned");
            context.results().notApplicable(Rule.NO_04, "no nonce is ever returned");
            context.results().notApplicable(Rule.NO_05, "no nonce is ever returned");
        }
        unknownExtensions(id);
    }

    /// @return whether the response contains a nonce
    private boolean accepted(CertId id, int length) throws ResponderGone {
        Octets nonce = random(length);
        Asked exchange = session.ask(CheckRequest.withNonce(id, nonce));
        String what = "nonce of %d bytes: ".formatted(length);
        context.results()
                .recommend(Rule.NO_06, exchange.isUsable(), () -> what + exchange.summary());
        Optional<Octets> answered = exchange.signed().flatMap(SignedReading::nonce);
        answered.ifPresent(value -> returned(what, nonce, value));
        return answered.isPresent();
    }

    private void returned(String what, Octets sent, Octets extensionValue) {
        boolean wrapped =
                extensionValue.length() > 1
                        && extensionValue.at(0) == OCTET_STRING
                        && extensionValue.at(1) == extensionValue.length() - 2;
        context.results()
                .require(Rule.NO_05, wrapped, () -> what + "came back as " + extensionValue);
        boolean same = (wrapped ? inside(extensionValue) : extensionValue).equals(sent);
        context.results()
                .require(
                        Rule.NO_08,
                        same,
                        () -> what + (same ? "came back" : "another came back: " + extensionValue));
        context.results().pass(Rule.NO_02, what + "answered with a nonce");
    }

    private static Octets inside(Octets wrapped) {
        return Octets.of(wrapped.toArray(), 2, wrapped.length() - 2);
    }

    private void otherLength(CertId id, int length) throws ResponderGone {
        Octets nonce = random(length);
        Asked exchange = session.ask(CheckRequest.withNonce(id, nonce));
        String what = "nonce of %d bytes: ".formatted(length);
        context.results()
                .recommend(Rule.NO_03, exchange.isUsable(), () -> what + exchange.summary());
        exchange.signed()
                .flatMap(SignedReading::nonce)
                .ifPresent(value -> returned(what, nonce, value));
    }

    private void refused(CertId id, int length) throws ResponderGone {
        Asked exchange = session.ask(CheckRequest.withNonce(id, random(length)));
        boolean refused =
                exchange.isRefusal(Reading.Refusal.MALFORMED_REQUEST)
                        || exchange.reply().filter(reply -> reply.status() == 400).isPresent();
        context.results()
                .require(
                        Rule.NO_04,
                        refused,
                        () -> "nonce of %d bytes: %s".formatted(length, exchange.summary()));
    }

    private void unknownExtensions(CertId id) throws ResponderGone {
        Asked ignored = session.ask(CheckRequest.withUnknownExtension(id, false, JUNK));
        context.results()
                .require(
                        Rule.NO_07,
                        ignored.isUsable(),
                        () -> "unknown extension: " + ignored.summary());
        Asked critical = session.ask(CheckRequest.withUnknownExtension(id, true, JUNK));
        context.results()
                .require(
                        Rule.NO_07,
                        critical.signed().isEmpty(),
                        () -> "unknown critical extension: " + critical.reading().summary());
    }

    private static Octets random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return Octets.of(bytes);
    }

    private void certIds() throws ResponderGone {
        for (Asked plain : context.by("POST").stream().filter(Asked::isUsable).toList()) {
            otherParameters(plain.request().certId());
        }
        CertId id = context.working().orElseThrow().request().certId();
        Asked named = session.ask(CheckRequest.withRequestor(id));
        context.results()
                .require(
                        Rule.CI_08,
                        named.isUsable(),
                        () -> "requestorName without signature: " + named.reading().summary());
        Asked mixed = session.ask(CheckRequest.plain(withOtherKey(id)));
        context.results()
                .require(
                        Rule.CI_09,
                        !mixed.isDefinitive(),
                        () -> "issuer's name, another key: " + mixed.reading().summary());
        Asked foreign = session.ask(CheckRequest.withForeignHash(id));
        context.results()
                .require(
                        Rule.CI_10,
                        foreign.single()
                                .filter(single -> single.status() == SingleReading.Status.GOOD)
                                .isEmpty(),
                        () -> "MD5 CertID: " + foreign.reading().summary());
    }

    private void otherParameters(CertId id) throws ResponderGone {
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
        Asked exchange = session.ask(CheckRequest.plain(turned));
        boolean repeated =
                exchange.single()
                        .filter(single -> single.certId().repeatsParameters(turned))
                        .isPresent();
        context.results()
                .recommend(
                        Rule.CI_07,
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
                Octets.of(other),
                id.serial());
    }
}
