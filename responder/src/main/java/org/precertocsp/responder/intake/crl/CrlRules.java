package org.precertocsp.responder.intake.crl;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.FeedRefused;

/// Whether a CRL as a whole may be used under an issuer's profile (CR-09, CR-16 to CR-18).
///
/// What RFC 5280 forbids to use is refused always. What only its issuer should have done better is
/// refused in strict profiles and warned of in others.
final class CrlRules {
    /// Clocks of CA and responder may differ that much.
    static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

    private static final int MAX_NUMBER_BITS = 159;
    private static final Set<String> UNDERSTOOD =
            Set.of(
                    CrlExtensions.CRL_NUMBER,
                    CrlExtensions.DELTA_CRL_INDICATOR,
                    CrlExtensions.DISTRIBUTION_POINT,
                    CrlExtensions.AUTHORITY_KEY);

    private final CrlOutline crl;
    private final IssuerProfile profile;
    private final Instant now;
    private final List<String> warnings = new ArrayList<>();

    private CrlRules(CrlOutline crl, IssuerProfile profile, Instant now) {
        this.crl = crl;
        this.profile = profile;
        this.now = now;
    }

    /// @return what an operator should look at
    static List<String> judge(CrlOutline crl, IssuerProfile profile, Instant now)
            throws FeedRefused {
        CrlRules rules = new CrlRules(crl, profile, now);
        rules.criticalExtensions();
        rules.distributionPoint();
        rules.delta();
        rules.number();
        rules.times();
        return List.copyOf(rules.warnings);
    }

    private void criticalExtensions() throws FeedRefused {
        Set<String> unknown = new TreeSet<>(crl.extensions().critical());
        unknown.removeAll(UNDERSTOOD);
        if (!unknown.isEmpty()) {
            throw new FeedRefused(
                    "unknown critical extension %s: the CRL must not be used (CR-17)"
                            .formatted(String.join(", ", unknown)));
        }
        if (isCritical(CrlExtensions.CRL_NUMBER)) {
            warnings.add("cRLNumber is marked critical (RFC 5280 §5.2.3 says it is not)");
        }
    }

    private boolean isCritical(String oid) {
        return crl.extensions().critical().contains(oid);
    }

    private void distributionPoint() throws FeedRefused {
        if (crl.extensions().distributionPoint().isEmpty()) {
            return;
        }
        CrlExtensions.DistributionPoint point = crl.extensions().distributionPoint().get();
        if (point.indirect()) {
            throw new FeedRefused("indirect CRLs are not accepted (CR-16)");
        }
        if (point.onlyAttributeCertificates()) {
            throw new FeedRefused("the CRL is of attribute certificates only (CR-16)");
        }
        if (point.onlyUserCertificates() && point.onlyCaCertificates()) {
            throw new FeedRefused(
                    "onlyContainsUserCerts and onlyContainsCACerts exclude each other (CR-16)");
        }
        if (!isCritical(CrlExtensions.DISTRIBUTION_POINT)) {
            strictly("issuingDistributionPoint is not marked critical (CR-16)");
        }
        if (point.onlySomeReasons()) {
            strictly("the CRL covers only some reasons (CR-16)");
        }
    }

    private void delta() throws FeedRefused {
        if (crl.extensions().deltaBase().isEmpty()) {
            if (crl.firstRemoval().isPresent()) {
                throw new FeedRefused(
                        ("a full CRL with reason removeFromCRL (8), at offset %d, is none"
                                        + " (CR-09)")
                                .formatted(crl.firstRemoval().get()));
            }
            return;
        }
        if (!isCritical(CrlExtensions.DELTA_CRL_INDICATOR)) {
            strictly("deltaCRLIndicator is not marked critical (RFC 5280 §5.2.4)");
        }
    }

    private void number() throws FeedRefused {
        if (crl.extensions().number().isEmpty()) {
            if (crl.extensions().deltaBase().isPresent()) {
                throw new FeedRefused("a delta CRL without cRLNumber (RFC 5280 §5.2.3)");
            }
            strictly(
                    "the CRL has no cRLNumber (CR-18): only its thisUpdate tells newer from older");
            return;
        }
        BigInteger number = crl.extensions().number().get();
        if (number.signum() < 0 || number.bitLength() > MAX_NUMBER_BITS) {
            throw new FeedRefused("cRLNumber " + number + " is not in 0 … 2^159−1 (CR-18)");
        }
    }

    private void times() throws FeedRefused {
        if (crl.thisUpdate().isAfter(now.plus(CLOCK_SKEW))) {
            throw new FeedRefused(
                    "thisUpdate %s is in the future (now %s): is a clock wrong?"
                            .formatted(crl.thisUpdate(), now));
        }
        if (crl.nextUpdate().isEmpty()) {
            warnings.add("the CRL has no nextUpdate (RFC 5280 §5.1.2.5)");
        } else if (crl.nextUpdate().get().isBefore(now)) {
            warnings.add(
                    "the CRL is stale since %s; its revocations hold all the same"
                            .formatted(crl.nextUpdate().get()));
        }
    }

    private void strictly(String problem) throws FeedRefused {
        if (profile.strict()) {
            throw new FeedRefused(problem + "; refused under profile " + profile.name());
        }
        warnings.add(problem);
    }
}
