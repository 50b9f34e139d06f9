package org.precertocsp.signer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.signer.key.SigningKey;

/// Judges a credential by its issuer's profile before it may sign: RC-01 to RC-12, the key set
/// (RP-19), and the time it has left (TF-09). Reports everything it finds at once.
public final class CredentialLint {
    /// The parts of a future credential, as far as they could be read.
    ///
    /// @param direct whether the CA's own key is to sign; false with no delegate means that its
    ///   certificate could not be read
    public record Candidate(
            List<IssuerCertificate> issuers,
            boolean direct,
            Optional<DelegateCertificate> delegate,
            Optional<SigningKey> key,
            IssuerProfile profile) {}

    private CredentialLint() {}

    /// Errors forbid the credential; warnings do not. Touches no key.
    public static List<CredentialFinding> examine(ResponderCredential credential, Instant now) {
        return examine(
                new Candidate(
                        credential.issuers(),
                        credential.delegate().isEmpty(),
                        credential.delegate(),
                        Optional.of(credential.key()),
                        credential.profile()),
                now);
    }

    /// As above, for what may not be able to sign: a judge of other responders has no key.
    public static List<CredentialFinding> examine(Candidate candidate, Instant now) {
        Findings findings = new Findings(candidate.profile().strict());
        new IssuerRules(candidate, findings).examine(now);
        candidate
                .delegate()
                .ifPresent(
                        delegate -> new DelegateRules(candidate, delegate, findings).examine(now));
        candidate.key().ifPresent(key -> new KeyRules(candidate, key, findings).examine());
        return findings.list();
    }

    /// Warns of certificates that end within that time, so that they are renewed before answers
    /// stop (TF-09).
    public static List<CredentialFinding> endings(
            ResponderCredential credential, Duration warnBefore, Instant now) {
        Findings findings = new Findings(false);
        Instant horizon = now.plus(warnBefore);
        credential
                .delegate()
                .ifPresentOrElse(
                        sent -> warn(findings, horizon, sent.subject(), sent.notAfter()),
                        () ->
                                credential
                                        .issuers()
                                        .forEach(
                                                ca ->
                                                        warn(
                                                                findings,
                                                                horizon,
                                                                ca.subject(),
                                                                ca.notAfter())));
        return findings.list();
    }

    private static void warn(Findings findings, Instant horizon, String subject, Instant end) {
        if (!horizon.isBefore(end)) {
            findings.warning(
                    "TF-09",
                    "the certificate of %s ends at %s, and no answer may outlive it"
                            .formatted(subject, end),
                    "renew it and reload; answers stop when the shortest validity no longer fits");
        }
    }
}
