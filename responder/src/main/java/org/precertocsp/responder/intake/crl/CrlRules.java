package org.precertocsp.responder.intake.crl;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.asn1.x509.Extension;
import org.precertocsp.responder.intake.FeedRejectedException;

/// The warnings about a CRL as a whole (CR-09, CR-16 to CR-18).
///
/// A verified CRL says which certificates are revoked, whatever errors its issuer made: RFC 5280
/// forbids concluding from such a CRL that a certificate is *good*, which this program never does.
/// So all errors are warnings, in every profile. Only a list that is not of certificates is
/// rejected.
final class CrlRules {
    /// Permitted difference between the clocks of CA and responder.
    static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

    private static final int MAX_NUMBER_BITS = 159;

    /// These say nothing about the entries, so that nothing is lost by ignoring them.
    private static final Set<String> UNDERSTOOD =
            Set.of(
                    CrlExtensions.CRL_NUMBER,
                    CrlExtensions.DELTA_CRL_INDICATOR,
                    CrlExtensions.DISTRIBUTION_POINT,
                    CrlExtensions.AUTHORITY_KEY,
                    Extension.issuerAlternativeName.getId(),
                    Extension.freshestCRL.getId(),
                    Extension.authorityInfoAccess.getId());

    private static final Set<String> CRITICAL_BY_RULE =
            Set.of(CrlExtensions.DELTA_CRL_INDICATOR, CrlExtensions.DISTRIBUTION_POINT);

    private final CrlMetadata crl;
    private final Instant now;
    private final List<String> warnings;

    private CrlRules(CrlMetadata crl, Instant now) {
        this.crl = crl;
        this.now = now;
        this.warnings = new ArrayList<>(crl.remarks());
    }

    /// @return warnings for the operator
    static List<String> judge(CrlMetadata crl, Instant now) throws FeedRejectedException {
        CrlRules rules = new CrlRules(crl, now);
        rules.criticalExtensions();
        rules.distributionPoint();
        rules.delta();
        rules.number();
        rules.times();
        return List.copyOf(rules.warnings);
    }

    /// cRLNumber, if it is present and readable (CR-18).
    static Optional<BigInteger> number(CrlMetadata crl) {
        return crl.extensions()
                .number()
                .filter(it -> it.signum() >= 0 && it.bitLength() <= MAX_NUMBER_BITS);
    }

    private void criticalExtensions() {
        for (String oid : new TreeSet<>(crl.extensions().critical())) {
            if (!UNDERSTOOD.contains(oid)) {
                warnings.add(
                        ("unknown critical extension %s (CR-17): what the CRL lists is revoked all"
                                        + " the same")
                                .formatted(oid));
            } else if (!CRITICAL_BY_RULE.contains(oid)) {
                warnings.add(
                        "extension %s is marked critical (RFC 5280 §5.2 says it is not)"
                                .formatted(oid));
            }
        }
    }

    private boolean isCritical(String oid) {
        return crl.extensions().critical().contains(oid);
    }

    private void distributionPoint() throws FeedRejectedException {
        if (crl.extensions().distributionPoint().isEmpty()) {
            return;
        }
        CrlExtensions.DistributionPoint point = crl.extensions().distributionPoint().get();
        if (point.onlyAttributeCertificates()) {
            throw new FeedRejectedException("the CRL is of attribute certificates only (CR-16)");
        }
        if (point.indirect()) {
            warnings.add("the CRL is indirect (CR-16): only entries of its own issuer are taken");
        }
        if (point.onlyUserCertificates() && point.onlyCaCertificates()) {
            warnings.add(
                    "onlyContainsUserCerts and onlyContainsCACerts exclude each other (CR-16)");
        }
        if (!isCritical(CrlExtensions.DISTRIBUTION_POINT)) {
            warnings.add("issuingDistributionPoint is not marked critical (CR-16)");
        }
        if (point.onlySomeReasons()) {
            warnings.add("the CRL covers only some reasons (CR-16)");
        }
    }

    private void delta() {
        if (crl.extensions().delta() && !isCritical(CrlExtensions.DELTA_CRL_INDICATOR)) {
            warnings.add("deltaCRLIndicator is not marked critical (RFC 5280 §5.2.4)");
        }
    }

    private void number() {
        if (crl.extensions().number().isEmpty()) {
            warnings.add(
                    "the CRL has no cRLNumber that can be used (CR-18): only its thisUpdate tells"
                            + " newer from older");
        } else if (number(crl).isEmpty()) {
            warnings.add(
                    "cRLNumber %s is not in 0 … 2^159−1 (CR-18) and is left out"
                            .formatted(crl.extensions().number().get()));
        }
    }

    private void times() {
        if (crl.thisUpdate().isPresent() && crl.thisUpdate().get().isAfter(now.plus(CLOCK_SKEW))) {
            warnings.add(
                    ("thisUpdate %s is in the future (now %s): is a clock wrong, or local time"
                                    + " written as UTC? Its revocations hold all the same")
                            .formatted(crl.thisUpdate().get(), now));
        }
        if (crl.nextUpdate().isEmpty()) {
            warnings.add("the CRL has no nextUpdate (RFC 5280 §5.1.2.5)");
        } else if (crl.nextUpdate().get().isBefore(now)) {
            warnings.add(
                    "the CRL is stale since %s; its revocations hold all the same"
                            .formatted(crl.nextUpdate().get()));
        }
    }
}
