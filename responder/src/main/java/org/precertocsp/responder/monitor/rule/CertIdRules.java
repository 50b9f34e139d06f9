package org.precertocsp.responder.monitor.rule;

import java.security.SecureRandom;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.monitor.question.Questions;
import org.precertocsp.responder.monitor.response.SingleReading;

/// The forms a CertID is asked in, and those that mean nobody.
record CertIdRules(Case it, LiveSession live) {
    private static final SecureRandom RANDOM = new SecureRandom();

    void examine() throws ResponderGone {
        for (Asked plain : it.by("POST").stream().filter(Asked::isUsable).toList()) {
            otherParameters(plain.question().asked());
        }
        CertId id = it.working().orElseThrow().question().asked();
        Asked named = live.ask(Questions.withRequestor(id));
        it.rulings()
                .require(
                        Rule.CI_08,
                        named.isUsable(),
                        () -> "requestorName without signature: " + named.reading().summary());
        Asked mixed = live.ask(Questions.plain(withOtherKey(id)));
        it.rulings()
                .require(
                        Rule.CI_09,
                        !mixed.isDefinitive(),
                        () -> "issuer's name, another key: " + mixed.reading().summary());
        Asked foreign = live.ask(Questions.withForeignHash(id));
        it.rulings()
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
        Asked asked = live.ask(Questions.plain(turned));
        boolean repeated =
                asked.single()
                        .filter(single -> single.certId().repeatsParameters(turned))
                        .isPresent();
        it.rulings()
                .recommend(
                        Rule.CI_07,
                        asked.isUsable() && repeated,
                        () ->
                                "%s with parameters %s: %s%s"
                                        .formatted(
                                                id.hashAlgorithm().jcaName(),
                                                other,
                                                asked.reading().summary(),
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
