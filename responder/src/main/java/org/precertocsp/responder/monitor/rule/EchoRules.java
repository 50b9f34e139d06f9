package org.precertocsp.responder.monitor.rule;

import java.util.List;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.monitor.response.SignedReading;
import org.precertocsp.responder.monitor.response.SingleReading;
import org.precertocsp.responder.monitor.response.SingleReading.EchoedCertId;

/// Whether an answer is about what was asked, and says of a revocation what may be said.
record EchoRules(Case it, Asked asked, SignedReading response) {
    private static final int HOLD = RevocationReason.CERTIFICATE_HOLD.code();

    void examine() {
        certId();
        others();
        it.rulings()
                .require(
                        Rule.NO_08,
                        response.nonce().isEmpty(),
                        () ->
                                asked.how()
                                        + (response.nonce().isEmpty()
                                                ? ": no nonce asked for, none came"
                                                : ": a nonce nobody asked for"));
        asked.single().ifPresent(this::revocation);
    }

    private void certId() {
        CertId wanted = asked.question().asked();
        if (response.singles().isEmpty()) {
            it.rulings().fail(Rule.RP_04, asked.how() + ": no SingleResponse");
            return;
        }
        EchoedCertId echoed = asked.single().map(SingleReading::certId).orElseThrow();
        if (!echoed.isOfSerial(wanted)) {
            it.rulings()
                    .fail(
                            Rule.RP_04,
                            "%s: asked about serial %s, answered about %s"
                                    .formatted(
                                            asked.how(), wanted.serial(), echoed.serialContent()));
            return;
        }
        if (!echoed.algorithmOid().equals(wanted.hashAlgorithm().oid())) {
            it.rulings()
                    .fail(
                            Rule.CI_06,
                            "%s: the CertID came back with hash algorithm %s"
                                    .formatted(asked.how(), echoed.algorithmOid()));
            return;
        }
        it.rulings().pass(Rule.CI_06, asked.how() + ": the same hash");
        it.rulings()
                .require(
                        Rule.RP_04,
                        echoed.isFor(wanted),
                        () ->
                                asked.how()
                                        + (echoed.isFor(wanted)
                                                ? ": the CertID asked"
                                                : ": the issuer's hashes came back changed"));
        it.rulings()
                .recommend(
                        Rule.CI_07,
                        echoed.repeatsParameters(wanted),
                        () ->
                                "%s: asked with parameters %s, answered with %s"
                                        .formatted(
                                                asked.how(),
                                                wanted.parameters(),
                                                echoed.parameters()));
    }

    private void others() {
        List<EchoedCertId> others =
                response.singles().stream()
                        .map(SingleReading::certId)
                        .filter(id -> !id.isOfSerial(asked.question().asked()))
                        .toList();
        boolean more = response.singles().size() > others.size() && !others.isEmpty();
        it.rulings()
                .recommend(
                        Rule.RP_05,
                        !more,
                        () -> asked.how() + ": SingleResponses: " + response.singles().size());
    }

    private void revocation(SingleReading single) {
        if (single.status() != SingleReading.Status.REVOKED) {
            it.rulings().notApplicable(Rule.SA_10, "not revoked");
            it.rulings().notApplicable(Rule.SA_04, "not revoked");
            return;
        }
        int code = single.reason().orElse(-1);
        boolean hold = code == HOLD && !it.profile().allowedReasons().contains(reason(code));
        it.rulings().require(Rule.SA_04, !hold, asked::seen);
        if (hold) {
            return;
        }
        boolean permitted =
                code < 0 || (code > 0 && it.profile().allowedReasons().contains(reason(code)));
        it.rulings().require(Rule.SA_10, permitted, asked::seen);
    }

    /// A number nobody defined is as little permitted as removeFromCRL.
    private static RevocationReason reason(int code) {
        return RevocationReason.ofCode(code).orElse(RevocationReason.REMOVE_FROM_CRL);
    }
}
