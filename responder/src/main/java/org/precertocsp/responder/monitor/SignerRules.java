package org.precertocsp.responder.monitor;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.der.ByteString;
import org.precertocsp.signer.CredentialFinding;
import org.precertocsp.signer.CredentialLint;
import org.precertocsp.signer.DelegateCertificate;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// Checks who signed, whether the signer is authorised, and whether the response identifies it.
record SignerRules(CheckContext context, Exchange exchange, ParsedBasicResponse response) {
    private static final Set<CheckRule> OF_DELEGATES =
            EnumSet.range(CheckRule.RC_02, CheckRule.RC_09);

    void examine() {
        List<SignerCertificate> sent =
                response.certificates().stream()
                        .map(SignerCertificate::parse)
                        .flatMap(Optional::stream)
                        .toList();
        IssuerCertificate issuer = context.subject().issuer();
        Optional<SignerCertificate> delegate =
                sent.stream().filter(each -> each.hasSigned(response)).findFirst();
        if (delegate.isPresent() && !delegate.get().der().equals(issuer.der())) {
            delegated(delegate.get());
        } else if (SignerCertificate.of(issuer).hasSigned(response)) {
            direct(issuer);
        } else {
            unverified(sent);
        }
    }

    private void direct(IssuerCertificate issuer) {
        SignerCertificate self = SignerCertificate.of(issuer);
        context.results().notApplicable(CheckRule.RP_09, "the CA's own key signed");
        identity(self);
        OF_DELEGATES.forEach(
                rule -> context.results().notApplicable(rule, "the CA's own key signed"));
        lint(
                EnumSet.of(CheckRule.RC_01, CheckRule.RC_10, CheckRule.RC_11, CheckRule.RC_12),
                Optional.empty());
    }

    private void delegated(SignerCertificate delegate) {
        context.results().pass(CheckRule.RP_09, exchange.how() + ": " + delegate.subject());
        identity(delegate);
        context.results().notApplicable(CheckRule.RC_10, "a delegate signed");
        context.results().notApplicable(CheckRule.RC_11, "a delegate signed");
        try {
            Instant end = delegate.holder().getNotAfter().toInstant();
            if (context.now().isAfter(end)) {
                context.results()
                        .fail(
                                CheckRule.RC_08,
                                "%s: %s ended at %s"
                                        .formatted(exchange.how(), delegate.subject(), end));
            }
            Set<CheckRule> judged = EnumSet.copyOf(OF_DELEGATES);
            judged.addAll(Set.of(CheckRule.RC_01, CheckRule.RC_12));
            lint(judged, Optional.of(DelegateCertificate.parse(delegate.der())));
        } catch (InvalidCertificateException e) {
            context.results().fail(CheckRule.RC_01, exchange.how() + ": " + e.getMessage());
        }
    }

    /// Either the certificate is missing or the signature is wrong; the responderID shows which.
    private void unverified(List<SignerCertificate> sent) {
        SignerCertificate issuer = SignerCertificate.of(context.subject().issuer());
        Optional<SignerCertificate> named =
                sent.stream().filter(each -> each.isNamedBy(response.responder())).findFirst();
        if (sent.isEmpty() && !issuer.isNamedBy(response.responder())) {
            context.results()
                    .fail(
                            CheckRule.RP_09,
                            exchange.how()
                                    + ": no certificate is sent, and the CA's key did not sign");
            return;
        }
        identity(named.or(() -> sent.stream().findFirst()).orElse(issuer));
        context.results()
                .fail(
                        CheckRule.RC_01,
                        "%s: the signature verifies neither with the CA's key nor with a"
                                        .formatted(exchange.how())
                                + " certificate sent: "
                                + sent.stream().map(SignerCertificate::subject).toList());
    }

    private void identity(SignerCertificate signer) {
        Optional<ByteString> hash = response.responder().keyHash();
        context.results()
                .recommend(
                        CheckRule.RP_07,
                        hash.isPresent(),
                        () -> exchange.how() + (hash.isPresent() ? ": byKey" : ": byName"));
        boolean named = signer.isNamedBy(response.responder());
        if (hash.isPresent() && !named && signer.hasOtherHash(hash.get())) {
            context.results()
                    .fail(
                            CheckRule.RP_08,
                            "%s: %s is the signer's key, but not hashed with SHA-1 over its bits"
                                    .formatted(exchange.how(), hash.get()));
        } else {
            context.results()
                    .require(
                            CheckRule.RP_06,
                            named,
                            () ->
                                    exchange.how()
                                            + (named ? ": names " : ": does not name ")
                                            + signer.subject());
            hash.filter(_ -> named)
                    .ifPresent(it -> this.context.results().pass(CheckRule.RP_08, it.toHex()));
        }
        key(signer);
    }

    private void key(SignerCertificate signer) {
        String kind = signer.keyKind();
        boolean allowed = context.profile().openKeySet() || signer.hasListedKey();
        context.results().require(CheckRule.RP_19, allowed, () -> exchange.how() + ": " + kind);
    }

    private void lint(Set<CheckRule> judged, Optional<DelegateCertificate> delegate) {
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
                RuleVerdict verdict = finding.isError() ? RuleVerdict.FAIL : RuleVerdict.WARN;
                CheckRule.ofId(finding.rule())
                        .filter(judged::contains)
                        .ifPresent(rule -> context.results().add(rule, verdict, finding.fault()));
            }
        }
        String who = delegate.map(Object::toString).orElse(context.subject().issuer().subject());
        for (CheckRule rule : judged) {
            if (!otherCa || rule == CheckRule.RC_12) {
                context.results().pass(rule, who);
            } else if (rule != CheckRule.RC_01 && rule != CheckRule.RC_02) {
                context.results().notApplicable(rule, "not a delegate of this CA");
            }
        }
    }

    private static boolean isOfOtherCa(CredentialFinding finding) {
        return finding.isError()
                && (finding.rule().equals("RC-01") || finding.rule().equals("RC-02"));
    }
}
