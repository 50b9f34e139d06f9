package org.precertocsp.responder.monitor.rule;

import java.security.SecureRandom;
import java.util.Optional;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.monitor.question.Questions;
import org.precertocsp.responder.monitor.response.Reading;
import org.precertocsp.responder.monitor.response.SignedReading;

/// Nonces (RFC 9654) and extensions nobody knows.
record NonceRules(Case it, LiveSession live) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte OCTET_STRING = 0x04;
    private static final int JUNK = 8;

    void examine() throws ResponderGone {
        CertId id = it.working().orElseThrow().question().asked();
        boolean longest = accepted(id, 32);
        boolean shortest = accepted(id, 16);
        otherLength(id, 8);
        otherLength(id, 64);
        if (longest || shortest) {
            refused(id, 0);
            refused(id, 129);
        } else {
            it.rulings().notApplicable(Rule.NO_02, "no nonce is ever returned");
            it.rulings().notApplicable(Rule.NO_04, "no nonce is ever returned");
            it.rulings().notApplicable(Rule.NO_05, "no nonce is ever returned");
        }
        unknownExtensions(id);
    }

    /// @return whether some nonce came back
    private boolean accepted(CertId id, int length) throws ResponderGone {
        Octets nonce = random(length);
        Asked asked = live.ask(Questions.withNonce(id, nonce));
        String what = "nonce of %d octets: ".formatted(length);
        it.rulings().recommend(Rule.NO_06, asked.isUsable(), () -> what + asked.summary());
        Optional<Octets> answered = asked.signed().flatMap(SignedReading::nonce);
        answered.ifPresent(value -> returned(what, nonce, value));
        return answered.isPresent();
    }

    private void returned(String what, Octets sent, Octets extensionValue) {
        boolean wrapped =
                extensionValue.length() > 1
                        && extensionValue.at(0) == OCTET_STRING
                        && extensionValue.at(1) == extensionValue.length() - 2;
        it.rulings().require(Rule.NO_05, wrapped, () -> what + "came back as " + extensionValue);
        boolean same = (wrapped ? inside(extensionValue) : extensionValue).equals(sent);
        it.rulings()
                .require(
                        Rule.NO_08,
                        same,
                        () -> what + (same ? "came back" : "another came back: " + extensionValue));
        it.rulings().pass(Rule.NO_02, what + "answered with a nonce");
    }

    private static Octets inside(Octets wrapped) {
        return Octets.of(wrapped.toArray(), 2, wrapped.length() - 2);
    }

    private void otherLength(CertId id, int length) throws ResponderGone {
        Octets nonce = random(length);
        Asked asked = live.ask(Questions.withNonce(id, nonce));
        String what = "nonce of %d octets: ".formatted(length);
        it.rulings().recommend(Rule.NO_03, asked.isUsable(), () -> what + asked.summary());
        asked.signed()
                .flatMap(SignedReading::nonce)
                .ifPresent(value -> returned(what, nonce, value));
    }

    private void refused(CertId id, int length) throws ResponderGone {
        Asked asked = live.ask(Questions.withNonce(id, random(length)));
        boolean refused =
                asked.isRefusal(Reading.Refusal.MALFORMED_REQUEST)
                        || asked.reply().filter(reply -> reply.status() == 400).isPresent();
        it.rulings()
                .require(
                        Rule.NO_04,
                        refused,
                        () -> "nonce of %d octets: %s".formatted(length, asked.summary()));
    }

    private void unknownExtensions(CertId id) throws ResponderGone {
        Asked ignored = live.ask(Questions.withUnknownExtension(id, false, JUNK));
        it.rulings()
                .require(
                        Rule.NO_07,
                        ignored.isUsable(),
                        () -> "unknown extension: " + ignored.summary());
        Asked critical = live.ask(Questions.withUnknownExtension(id, true, JUNK));
        it.rulings()
                .require(
                        Rule.NO_07,
                        critical.signed().isEmpty(),
                        () -> "unknown critical extension: " + critical.reading().summary());
    }

    private static Octets random(int length) {
        byte[] octets = new byte[length];
        RANDOM.nextBytes(octets);
        return Octets.of(octets);
    }
}
