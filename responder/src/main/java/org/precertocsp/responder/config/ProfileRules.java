package org.precertocsp.responder.config;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;

/// Checks an issuer's configuration against its profile.
final class ProfileRules {
    static final Map<String, IssuerProfile> PROFILES =
            Map.of(
                    IssuerProfile.TLS.name(), IssuerProfile.TLS,
                    IssuerProfile.CODE_SIGNING.name(), IssuerProfile.CODE_SIGNING,
                    IssuerProfile.SMIME.name(), IssuerProfile.SMIME,
                    IssuerProfile.PRIVATE.name(), IssuerProfile.PRIVATE);

    private final Section issuer;
    private final IssuerProfile profile;

    ProfileRules(Section issuer, IssuerProfile profile) {
        this.issuer = issuer;
        this.profile = profile;
    }

    void check(Optional<Duration> validity, Optional<Duration> retention) {
        validity.ifPresent(this::checkValidity);
        retention.ifPresent(this::checkRetention);
    }

    private void checkValidity(Duration validity) {
        if (validity.compareTo(profile.minValidity()) < 0) {
            refuseValidity(validity, "shorter", profile.minValidity(), least());
        } else if (validity.compareTo(profile.maxValidity()) > 0) {
            refuseValidity(validity, "longer", profile.maxValidity(), most());
        }
    }

    private void refuseValidity(Duration validity, String how, Duration bound, String rule) {
        issuer.problem(
                "validity",
                "%s is %s than the %s that profile %s allows%s"
                        .formatted(
                                Units.text(validity),
                                how,
                                Units.text(bound),
                                profile.name(),
                                rule));
    }

    private String least() {
        return profile.strict()
                ? " (TF-02, TF-03: Baseline Requirements §4.9.9, Microsoft §3.2.2.a)"
                : "";
    }

    private String most() {
        return profile.strict()
                ? " (TF-03: Microsoft §3.2.2.a, seven days with both ends counted)"
                : "";
    }

    private void checkRetention(Duration retention) {
        profile.retentionPastExpiry()
                .filter(least -> retention.compareTo(least) < 0)
                .ifPresent(
                        least ->
                                issuer.problem(
                                        "retention",
                                        "%s is shorter than the %s that profile %s demands"
                                                        .formatted(
                                                                Units.text(retention),
                                                                Units.text(least),
                                                                profile.name())
                                                + " (SA-12, RT-05: ten years past expiry)"));
    }

    /// The profile with the retention and the reasons the configuration adds.
    IssuerProfile adjusted(Optional<Duration> retention, List<Located<String>> allow) {
        Set<RevocationReason> reasons = EnumSet.copyOf(profile.allowedReasons());
        for (Located<String> text : allow) {
            RevocationReason.ofText(text.value())
                    .ifPresentOrElse(
                            reason -> allow(reasons, reason, text),
                            () -> issuer.problem(text, noReason(text.value())));
        }
        return new IssuerProfile(
                profile.name(),
                profile.minValidity(),
                profile.maxValidity(),
                profile.defaultValidity(),
                retention.or(profile::retentionPastExpiry),
                reasons,
                profile.openKeySet(),
                profile.strict(),
                profile.locallyTrustedSigner(),
                profile.datesFollowCompromise());
    }

    private void allow(
            Set<RevocationReason> reasons, RevocationReason reason, Located<String> text) {
        if (reason == RevocationReason.REMOVE_FROM_CRL) {
            issuer.problem(text, "removeFromCRL is for delta CRLs alone (CR-09), never allowed");
        } else if (reason == RevocationReason.CERTIFICATE_HOLD && neverSuspends()) {
            issuer.problem(
                    text, "certificateHold is forbidden to profile " + profile.name() + " (CR-08)");
        } else {
            reasons.add(reason);
        }
    }

    /// S/MIME suspends in its Legacy and Multipurpose generations only, which the issuer knows.
    private boolean neverSuspends() {
        return profile.strict() && !profile.name().equals(IssuerProfile.SMIME.name());
    }

    private static String noReason(String text) {
        List<String> names =
                EnumSet.allOf(RevocationReason.class).stream()
                        .map(RevocationReason::toString)
                        .toList();
        return "\"%s\" is no revocation reason; %s"
                .formatted(text, Suggestion.sentence(text, names));
    }
}
