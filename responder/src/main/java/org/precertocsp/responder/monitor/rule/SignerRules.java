package org.precertocsp.responder.monitor.rule;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.monitor.response.SignedReading;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.CredentialFinding;
import org.precertocsp.signer.CredentialLint;
import org.precertocsp.signer.DelegateCertificate;
import org.precertocsp.signer.IssuerCertificate;

/// Who signed, whether they may, and whether the response says so.
record SignerRules(Case it, Asked asked, SignedReading response) {
    private static final Set<Rule> OF_DELEGATES = EnumSet.range(Rule.RC_02, Rule.RC_09);

    void examine() {
        List<SentCertificate> sent =
                response.certificates().stream()
                        .map(SentCertificate::parse)
                        .flatMap(Optional::stream)
                        .toList();
        IssuerCertificate issuer = it.subject().issuer();
        Optional<SentCertificate> delegate =
                sent.stream().filter(each -> each.hasSigned(response)).findFirst();
        if (delegate.isPresent() && !delegate.get().der().equals(issuer.der())) {
            delegated(delegate.get());
        } else if (SentCertificate.of(issuer).hasSigned(response)) {
            direct(issuer);
        } else {
            unverified(sent);
        }
    }

    private void direct(IssuerCertificate issuer) {
        SentCertificate self = SentCertificate.of(issuer);
        it.rulings().notApplicable(Rule.RP_09, "the CA's own key signed");
        identity(self);
        OF_DELEGATES.forEach(rule -> it.rulings().notApplicable(rule, "the CA's own key signed"));
        lint(EnumSet.of(Rule.RC_01, Rule.RC_10, Rule.RC_11, Rule.RC_12), Optional.empty());
    }

    private void delegated(SentCertificate delegate) {
        it.rulings().pass(Rule.RP_09, asked.how() + ": " + delegate.subject());
        identity(delegate);
        it.rulings().notApplicable(Rule.RC_10, "a delegate signed");
        it.rulings().notApplicable(Rule.RC_11, "a delegate signed");
        try {
            Instant end = delegate.holder().getNotAfter().toInstant();
            if (it.now().isAfter(end)) {
                it.rulings()
                        .fail(
                                Rule.RC_08,
                                "%s: %s ended at %s"
                                        .formatted(asked.how(), delegate.subject(), end));
            }
            Set<Rule> judged = EnumSet.copyOf(OF_DELEGATES);
            judged.addAll(Set.of(Rule.RC_01, Rule.RC_12));
            lint(judged, Optional.of(DelegateCertificate.parse(delegate.der())));
        } catch (CertificateProblem e) {
            it.rulings().fail(Rule.RC_01, asked.how() + ": " + e.getMessage());
        }
    }

    /// Either its certificate is missing, or the signature is wrong; the responderID tells which.
    private void unverified(List<SentCertificate> sent) {
        SentCertificate issuer = SentCertificate.of(it.subject().issuer());
        Optional<SentCertificate> named =
                sent.stream().filter(each -> each.isNamedBy(response.responder())).findFirst();
        if (sent.isEmpty() && !issuer.isNamedBy(response.responder())) {
            it.rulings()
                    .fail(
                            Rule.RP_09,
                            asked.how()
                                    + ": no certificate is sent, and the CA's key did not sign");
            return;
        }
        identity(named.or(() -> sent.stream().findFirst()).orElse(issuer));
        it.rulings()
                .fail(
                        Rule.RC_01,
                        "%s: the signature verifies neither with the CA's key nor with a"
                                        .formatted(asked.how())
                                + " certificate sent: "
                                + sent.stream().map(SentCertificate::subject).toList());
    }

    private void identity(SentCertificate signer) {
        Optional<Octets> hash = response.responder().keyHash();
        it.rulings()
                .recommend(
                        Rule.RP_07,
                        hash.isPresent(),
                        () -> asked.how() + (hash.isPresent() ? ": byKey" : ": byName"));
        boolean named = signer.isNamedBy(response.responder());
        if (hash.isPresent() && !named && signer.hasOtherHash(hash.get())) {
            it.rulings()
                    .fail(
                            Rule.RP_08,
                            "%s: %s is the signer's key, but not hashed with SHA-1 over its bits"
                                    .formatted(asked.how(), hash.get()));
        } else {
            it.rulings()
                    .require(
                            Rule.RP_06,
                            named,
                            () ->
                                    asked.how()
                                            + (named ? ": names " : ": does not name ")
                                            + signer.subject());
            hash.filter(_ -> named).ifPresent(it -> this.it.rulings().pass(Rule.RP_08, it.toHex()));
        }
        key(signer);
    }

    private void key(SentCertificate signer) {
        String kind = signer.keyKind();
        boolean allowed = it.profile().openKeySet() || signer.hasListedKey();
        it.rulings().require(Rule.RP_19, allowed, () -> asked.how() + ": " + kind);
    }

    private void lint(Set<Rule> judged, Optional<DelegateCertificate> delegate) {
        Instant now = it.now();
        List<CredentialFinding> findings =
                CredentialLint.examine(
                        new CredentialLint.Candidate(
                                List.of(it.subject().issuer()),
                                delegate.isEmpty(),
                                delegate,
                                Optional.empty(),
                                it.profile()),
                        now);
        boolean stranger = findings.stream().anyMatch(SignerRules::isStrangers);
        for (CredentialFinding finding : findings) {
            // A stranger's certificate need not follow the rules of this CA's delegates.
            if (!stranger || isStrangers(finding) || finding.rule().equals("RC-12")) {
                Verdict verdict = finding.isError() ? Verdict.FAIL : Verdict.WARN;
                Rule.ofId(finding.rule())
                        .filter(judged::contains)
                        .ifPresent(rule -> it.rulings().add(rule, verdict, finding.fault()));
            }
        }
        String who = delegate.map(Object::toString).orElse(it.subject().issuer().subject());
        for (Rule rule : judged) {
            if (!stranger || rule == Rule.RC_12) {
                it.rulings().pass(rule, who);
            } else if (rule != Rule.RC_01 && rule != Rule.RC_02) {
                it.rulings().notApplicable(rule, "not a delegate of this CA");
            }
        }
    }

    private static boolean isStrangers(CredentialFinding finding) {
        return finding.isError()
                && (finding.rule().equals("RC-01") || finding.rule().equals("RC-02"));
    }
}
