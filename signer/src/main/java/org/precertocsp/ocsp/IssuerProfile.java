package org.precertocsp.ocsp;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// The requirements of one certificate ecosystem on an issuer's responses, keys and revocation
/// data. Rules differ only through this record.
///
/// @param minValidity shortest nextUpdate − thisUpdate (TF-02)
/// @param maxValidity longest; one second below the limit, since the rule counts intervals
///   inclusively (TF-01)
/// @param defaultValidity used if the configuration sets none
/// @param retentionPastExpiry how long revocations outlive the certificate; present makes answers
///   carry archiveCutoff (RP-15)
/// @param allowedReasons accepted in revocation data and shown in responses (CR-08, SA-10, SA-14)
/// @param openKeySet true admits Ed25519 and ML-DSA beside RSA and NIST curves (RP-19)
/// @param strict true makes the credential check and the CRL rules reject what Baseline
///   Requirements forbid; false leaves to a private PKI what RFC 5280 and RFC 6960 allow
/// @param locallyTrustedSigner true allows a signer no issuing CA certified (RFC 6960 §4.2.2.2)
/// @param datesFollowCompromise true makes invalidityDate equal revocationDate (CR-14)
public record IssuerProfile(
        String name,
        Duration minValidity,
        Duration maxValidity,
        Duration defaultValidity,
        Optional<Duration> retentionPastExpiry,
        Set<RevocationReason> allowedReasons,
        boolean openKeySet,
        boolean strict,
        boolean locallyTrustedSigner,
        boolean datesFollowCompromise) {

    private static final Duration EIGHT_HOURS = Duration.ofHours(8);
    private static final Duration SEVEN_DAYS_INCLUSIVE = Duration.ofDays(7).minusSeconds(1);
    private static final Duration TWO_DAYS = Duration.ofDays(2);

    private static final Set<RevocationReason> BASELINE_REASONS =
            EnumSet.of(
                    RevocationReason.UNSPECIFIED,
                    RevocationReason.KEY_COMPROMISE,
                    RevocationReason.AFFILIATION_CHANGED,
                    RevocationReason.SUPERSEDED,
                    RevocationReason.CESSATION_OF_OPERATION,
                    RevocationReason.PRIVILEGE_WITHDRAWN);

    /// TLS Baseline Requirements with Mozilla's and Microsoft's stricter numbers.
    public static final IssuerProfile TLS =
            new IssuerProfile(
                    "tls",
                    EIGHT_HOURS,
                    SEVEN_DAYS_INCLUSIVE,
                    TWO_DAYS,
                    Optional.empty(),
                    BASELINE_REASONS,
                    false,
                    true,
                    false,
                    false);

    /// Code-signing Baseline Requirements: revocations outlive certificates by ten years (SA-12).
    public static final IssuerProfile CODE_SIGNING =
            new IssuerProfile(
                    "code-signing",
                    EIGHT_HOURS,
                    SEVEN_DAYS_INCLUSIVE,
                    TWO_DAYS,
                    Optional.of(Duration.ofDays(3653)),
                    BASELINE_REASONS,
                    false,
                    true,
                    false,
                    true);

    /// S/MIME Baseline Requirements; applies only if a Legacy or Multipurpose issuer allows them.
    public static final IssuerProfile SMIME =
            new IssuerProfile(
                    "smime",
                    EIGHT_HOURS,
                    SEVEN_DAYS_INCLUSIVE,
                    TWO_DAYS,
                    Optional.empty(),
                    BASELINE_REASONS,
                    false,
                    true,
                    false,
                    false);

    /// A PKI with its own rules, within RFC 5280 and RFC 6960.
    public static final IssuerProfile PRIVATE =
            new IssuerProfile(
                    "private",
                    Duration.ofMinutes(1),
                    Duration.ofDays(366),
                    TWO_DAYS,
                    Optional.empty(),
                    EnumSet.complementOf(EnumSet.of(RevocationReason.REMOVE_FROM_CRL)),
                    true,
                    false,
                    true,
                    false);

    public IssuerProfile {
        allowedReasons = Set.copyOf(allowedReasons);
    }

    /// The profile with this configuration name; empty if there is none.
    public static Optional<IssuerProfile> named(String name) {
        for (IssuerProfile profile : Set.of(TLS, CODE_SIGNING, SMIME, PRIVATE)) {
            if (profile.name.equals(name)) {
                return Optional.of(profile);
            }
        }
        return Optional.empty();
    }
}
