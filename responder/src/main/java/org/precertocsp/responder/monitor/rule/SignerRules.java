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

/// Checks who signed, whether the signer is authorised, and whether the response identifies it.
record SignerRules(Case context, Asked exchange, SignedReading response) {
    private static final Set<Rule> OF_DELEGATES = EnumSet.range(Rule.RC_02, Rule.RC_09);

    void examine() {
        List<SentCertificate> sent =
                response.certificates().stream()
                        .map(SentCertificate::parse)
                        .flatMap(Optional::stream)
                        .toList();
        IssuerCertificate issuer = context.subject().issuer();
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
        context.results().notApplicable(Rule.RP_09, "the CA's own key signed");
        identity(self);
        OF_DELEGATES.forEach(
                rule -> context.results().notApplicable(rule, "the CA's own key signed"));
        lint(EnumSet.of(Rule.RC_01, Rule.RC_10, Rule.RC_11, Rule.RC_12), Optional.empty());
    }

    private void delegated(SentCertificate delegate) {
        context.results().pass(Rule.RP_09, exchange.how() + ": " + delegate.subject());
        identity(delegate);
        context.results().notApplicable(Rule.RC_10, "a delegate signed");
        context.results().notApplicable(Rule.RC_11, "a delegate signed");
        try {
            Instant end = delegate.holder().getNotAfter().toInstant();
            if (context.now().isAfter(end)) {
                context.results()
                        .fail(
                                Rule.RC_08,
                                "%s: %s ended at %s"
                                        .formatted(exchange.how(), delegate.subject(), end));
            }
            Set<Rule> judged = EnumSet.copyOf(OF_DELEGATES);
            judged.addAll(Set.of(Rule.RC_01, Rule.RC_12));
            lint(judged, Optional.of(DelegateCertificate.parse(delegate.der())));
        } catch (CertificateProblem e) {
            context.results().fail(Rule.RC_01, exchange.how() + ": " + e.getMessage());
        }
    }

    /// Either the certificate is missing or the signature is wrong; the responderID shows which.
    private void unverified(List<SentCertificate> sent) {
        SentCertificate issuer = SentCertificate.of(context.subject().issuer());
        Optional<SentCertificate> named =
                sent.stream().filter(each -> each.isNamedBy(response.responder())).findFirst();
        if (sent.isEmpty() && !issuer.isNamedBy(response.responder())) {
            context.results()
                    .fail(
                            Rule.RP_09,
                            exchange.how()
                                    + ": no certificate is sent, and the CA's key did not sign");
            return;
        }
        identity(named.or(() -> sent.stream().findFirst()).orElse(issuer));
        context.results()
                .fail(
                        Rule.RC_01,
                        "%s: the signature verifies neither with the CA's key nor with a"
                                        .formatted(exchange.how())
                                + " certificate sent: "
                                + sent.stream().map(SentCertificate::subject).toList());
    }

    private void identity(SentCertificate signer) {
        Optional<Octets> hash = response.responder().keyHash();
        context.results()
                .recommend(
                        Rule.RP_07,
                        hash.isPresent(),
                        () -> exchange.how() + (hash.isPresent() ? ": byKey" : ": byName"));
        boolean named = signer.isNamedBy(response.responder());
        if (hash.isPresent() && !named && signer.hasOtherHash(hash.get())) {
            context.results()
                    .fail(
                            Rule.RP_08,
                            "%s: %s is the signer's key, but not hashed with SHA-1 over its bits"
                                    .formatted(exchange.how(), hash.get()));
        } else {
            context.results()
                    .require(
                            Rule.RP_06,
                            named,
                            () ->
                                    exchange.how()
                                            + (named ? ": names " : ": does not name ")
                                            + signer.subject());
            hash.filter(_ -> named)
                    .ifPresent(it -> this.context.results().pass(Rule.RP_08, it.toHex()));
        }
        key(signer);
    }

    private void key(SentCertificate signer) {
        String kind = signer.keyKind();
        boolean allowed = context.profile().openKeySet() || signer.hasListedKey();
        context.results().require(Rule.RP_19, allowed, () -> exchange.how() + ": " + kind);
    }

    private void lint(Set<Rule> judged, Optional<DelegateCertificate> delegate) {
        Instant now = context.now();
        List<CredentialFinding> findings =
                CredentialLint.examine(
                        new CredentialLint.Candidate(
                                List.of(context.subject().issuer()),
                                delegate.isEmpty(),
                                delegate,
                                Optional.empty(),
                                context.profile()),
                        now);
        boolean otherCa = findings.stream().anyMatch(SignerRules::isOfOtherCa);
        for (CredentialFinding finding : findings) {
            // A certificate of another CA need not follow the rules for this CA's delegates.
            if (!otherCa || isOfOtherCa(finding) || finding.rule().equals("RC-12")) {
                Verdict verdict = finding.isError() ? Verdict.FAIL : Verdict.WARN;
                Rule.ofId(finding.rule())
                        .filter(judged::contains)
                        .ifPresent(rule -> context.results().add(rule, verdict, finding.fault()));
            }
        }
        String who = delegate.map(Object::toString).orElse(context.subject().issuer().subject());
        for (Rule rule : judged) {
            if (!otherCa || rule == Rule.RC_12) {
                context.results().pass(rule, who);
            } else if (rule != Rule.RC_01 && rule != Rule.RC_02) {
                context.results().notApplicable(rule, "not a delegate of this CA");
            }
        }
    }

    private static boolean isOfOtherCa(CredentialFinding finding) {
        return finding.isError()
                && (finding.rule().equals("RC-01") || finding.rule().equals("RC-02"));
    }
}
