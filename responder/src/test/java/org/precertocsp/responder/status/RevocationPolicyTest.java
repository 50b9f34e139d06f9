package org.precertocsp.responder.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.RevocationPolicy.Verdict;

final class RevocationPolicyTest {
    private static final Instant NOW = Instant.parse("2026-06-10T12:00:00Z");
    private static final Instant AT = Instant.parse("2026-05-01T00:00:00Z");

    @ParameterizedTest
    @EnumSource(names = {"CERTIFICATE_HOLD", "CA_COMPROMISE", "AA_COMPROMISE"})
    @Requirement({"CR-08", "SA-04", "SA-10"})
    void a_forbidden_reason_is_withheld_but_never_the_revocation(RevocationReason reason) {
        Verdict verdict = judge(IssuerProfile.TLS, revocation(reason, Optional.empty()));

        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Accepted.class,
                        accepted -> {
                            assertThat(accepted.revocation())
                                    .isEqualTo(
                                            revocation(
                                                    RevocationReason.UNSPECIFIED,
                                                    Optional.empty()));
                            assertThat(accepted.remarks())
                                    .singleElement()
                                    .asString()
                                    .contains(reason.toString(), "CR-08", "profile tls");
                        });
    }

    @Test
    @Requirement("SA-14")
    void a_private_pki_may_hold() {
        Revocation hold = revocation(RevocationReason.CERTIFICATE_HOLD, Optional.empty());

        assertThat(judge(IssuerProfile.PRIVATE, hold))
                .isEqualTo(new Verdict.Accepted(hold, false, List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+10000-01-01T00:59:59Z",
                "0000-01-01T00:00:00Z",
                "0001-01-01T00:00:00Z",
                "1970-01-01T00:00:00Z"
            })
    @Requirement("SA-11")
    void a_date_no_client_can_read_is_replaced_and_the_revocation_counts(String date) {
        RevocationPolicy policy = new RevocationPolicy(IssuerProfile.PRIVATE, NOW, AT);
        Revocation claimed =
                new Revocation(
                        Instant.parse(date),
                        RevocationReason.SUPERSEDED,
                        Optional.of(Instant.parse(date)));

        assertThat(policy.judge(claimed))
                .isInstanceOfSatisfying(
                        Verdict.Accepted.class,
                        accepted -> {
                            assertThat(accepted.revocation())
                                    .isEqualTo(
                                            revocation(
                                                    RevocationReason.SUPERSEDED, Optional.empty()));
                            assertThat(accepted.dateAssumed()).isTrue();
                            assertThat(accepted.remarks())
                                    .hasSize(2)
                                    .allMatch(it -> it.contains(date));
                        });
    }

    @Test
    @Requirement("CR-09")
    void remove_from_crl_revokes_nothing() {
        Revocation removal = revocation(RevocationReason.REMOVE_FROM_CRL, Optional.empty());

        assertThat(judge(IssuerProfile.PRIVATE, removal)).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    @Requirement("CR-14")
    void code_signing_wants_one_date_and_withholds_the_other() {
        Revocation two =
                revocation(RevocationReason.KEY_COMPROMISE, Optional.of(AT.minusSeconds(1)));
        Revocation one = revocation(RevocationReason.KEY_COMPROMISE, Optional.of(AT));

        assertThat(judge(IssuerProfile.CODE_SIGNING, one))
                .isEqualTo(new Verdict.Accepted(one, false, List.of()));
        assertThat(judge(IssuerProfile.TLS, two))
                .isEqualTo(new Verdict.Accepted(two, false, List.of()));
        assertThat(judge(IssuerProfile.CODE_SIGNING, two))
                .isInstanceOfSatisfying(
                        Verdict.Accepted.class,
                        accepted -> {
                            assertThat(accepted.revocation())
                                    .isEqualTo(
                                            revocation(
                                                    RevocationReason.KEY_COMPROMISE,
                                                    Optional.empty()));
                            assertThat(accepted.remarks())
                                    .singleElement()
                                    .asString()
                                    .contains("CR-14");
                        });
    }

    @Test
    void a_revocation_dated_in_the_future_counts_at_once() {
        Revocation future =
                new Revocation(
                        NOW.plus(Duration.ofDays(1)),
                        RevocationReason.SUPERSEDED,
                        Optional.empty());

        assertThat(judge(IssuerProfile.TLS, future))
                .isInstanceOfSatisfying(
                        Verdict.Accepted.class,
                        accepted -> {
                            assertThat(accepted.revocation().at()).isEqualTo(NOW);
                            assertThat(accepted.dateAssumed()).isTrue();
                            assertThat(accepted.remarks()).hasSize(1);
                        });
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void a_feed_records_unchanged_what_the_api_accepts(IssuerProfile profile) {
        RevocationPolicy policy = new RevocationPolicy(profile, NOW);
        int accepted = 0;
        for (RevocationReason reason : RevocationReason.values()) {
            for (Instant at : List.of(NOW, AT, NOW.plusSeconds(3_600))) {
                for (long earlier : new long[] {-1, 0, 1}) {
                    Revocation revocation =
                            new Revocation(at, reason, Optional.of(at.minusSeconds(earlier)));
                    if (policy.check(revocation, Optional.of("asked for")).isEmpty()) {
                        accepted++;
                        assertThat(policy.judge(revocation))
                                .isEqualTo(new Verdict.Accepted(revocation, false, List.of()));
                    }
                }
            }
        }
        assertThat(accepted).isPositive();
    }

    static List<IssuerProfile> profiles() {
        return List.of(
                IssuerProfile.TLS,
                IssuerProfile.CODE_SIGNING,
                IssuerProfile.SMIME,
                IssuerProfile.PRIVATE);
    }

    @ParameterizedTest
    @EnumSource(names = {"CERTIFICATE_HOLD", "REMOVE_FROM_CRL"})
    @Requirement("CR-08")
    void the_api_rejects_a_reason_that_a_feed_only_leaves_out(RevocationReason reason) {
        assertThat(violation(IssuerProfile.TLS, new Revocation(NOW, reason, Optional.empty())))
                .contains(RevocationPolicy.Part.REASON);
    }

    @Test
    @Requirement({"CR-12", "CR-15"})
    void an_older_date_needs_a_compromise_or_a_comment() {
        Revocation old = revocation(RevocationReason.SUPERSEDED, Optional.empty());
        RevocationPolicy policy = new RevocationPolicy(IssuerProfile.TLS, NOW);

        assertThat(violation(IssuerProfile.TLS, old)).contains(RevocationPolicy.Part.DATE);
        assertThat(policy.check(old, Optional.of("the subscriber asked late"))).isEmpty();
        assertThat(violation(IssuerProfile.PRIVATE, old)).isEmpty();
        assertThat(
                        violation(
                                IssuerProfile.TLS,
                                revocation(RevocationReason.KEY_COMPROMISE, Optional.empty())))
                .isEmpty();
        Revocation later = new Revocation(AT.plusSeconds(1), old.reason(), Optional.empty());
        assertThat(policy.checkAmendment(old, later, Optional.empty())).isEmpty();
        assertThat(policy.checkAmendment(later, old, Optional.empty())).isPresent();
    }

    @Test
    void an_amendment_does_not_take_a_reason_back() {
        Revocation known = revocation(RevocationReason.KEY_COMPROMISE, Optional.empty());
        Revocation none = revocation(RevocationReason.UNSPECIFIED, Optional.empty());

        assertThat(
                        new RevocationPolicy(IssuerProfile.PRIVATE, NOW)
                                .checkAmendment(known, none, Optional.empty()))
                .hasValueSatisfying(it -> assertThat(it.what()).contains("not taken back"));
    }

    private static Optional<RevocationPolicy.Part> violation(
            IssuerProfile profile, Revocation requested) {
        return new RevocationPolicy(profile, NOW)
                .check(requested, Optional.empty())
                .map(RevocationPolicy.Violation::part);
    }

    private static Verdict judge(IssuerProfile profile, Revocation claimed) {
        return new RevocationPolicy(profile, NOW).judge(claimed);
    }

    private static Revocation revocation(RevocationReason reason, Optional<Instant> invalidity) {
        return new Revocation(AT, reason, invalidity);
    }
}
