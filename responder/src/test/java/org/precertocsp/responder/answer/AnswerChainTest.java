package org.precertocsp.responder.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.answer.AnswerChainFixture.FOREIGN;
import static org.precertocsp.responder.answer.AnswerChainFixture.ISSUER;
import static org.precertocsp.responder.answer.AnswerChainFixture.NOW;
import static org.precertocsp.responder.answer.AnswerChainFixture.OTHER;
import static org.precertocsp.responder.answer.AnswerChainFixture.SERIAL;
import static org.precertocsp.responder.answer.AnswerChainFixture.STRANGER;
import static org.precertocsp.responder.answer.AnswerChainFixture.certId;
import static org.precertocsp.responder.answer.AnswerChainFixture.good;
import static org.precertocsp.responder.answer.AnswerChainFixture.revoked;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.signer.SignerUnavailableException;
import org.precertocsp.signer.SingleResponseContent;

final class AnswerChainTest {
    private static final SerialKey KEY = new SerialKey(ISSUER, SERIAL);
    private static final CertId ASKED = certId(ISSUER, SERIAL);

    private final AnswerChainFixture chain = new AnswerChainFixture();

    @Test
    @Requirement({"SS-01", "SS-09", "SS-18"})
    void precertificate_serial_is_good_before_its_certificate_exists() {
        chain.records.put(KEY, good());

        assertThat(chain.ask(ASKED)).isInstanceOf(Answer.Served.class);
        assertThat(chain.signed.getFirst().answers())
                .containsExactly(new SingleResponseContent(ASKED, new CertStatus.Good()));
    }

    @Test
    @Requirement({"SS-03", "SS-04", "SA-04", "SA-05"})
    void unassigned_serial_is_unauthorized_and_costs_no_signature() {
        assertUnassignedIsUnauthorized(chain);
    }

    @Test
    @Requirement("SS-05")
    void unassigned_serial_of_a_code_signing_issuer_is_unauthorized() {
        assertUnassignedIsUnauthorized(new AnswerChainFixture(IssuerProfile.CODE_SIGNING));
    }

    @Test
    @Requirement("SS-06")
    void unassigned_serial_of_an_smime_issuer_is_unauthorized() {
        assertUnassignedIsUnauthorized(new AnswerChainFixture(IssuerProfile.SMIME));
    }

    private static void assertUnassignedIsUnauthorized(AnswerChainFixture chain) {
        chain.records.put(KEY, good());

        assertThat(chain.ask(certId(ISSUER, STRANGER))).isInstanceOf(Answer.NotOurs.class);
        assertThat(chain.signed).isEmpty();
    }

    @Test
    @Requirement({"SA-06", "SA-03"})
    void unassigned_serial_may_be_a_short_uncacheable_unknown() {
        AnswerChainFixture signing =
                new AnswerChainFixture(AnswerConfig.Nonces.IGNORE, AnswerConfig.Unassigned.UNKNOWN);

        assertThat(signing.ask(certId(ISSUER, STRANGER))).isInstanceOf(Answer.ServedOnce.class);
        assertThat(signing.signed.getFirst().answers().getFirst().status())
                .isEqualTo(new CertStatus.Unknown());
        assertThat(signing.signed.getFirst().window().length()).hasHours(8);
    }

    @Test
    void foreign_issuer_is_never_answered_even_where_unassigned_is_unknown() {
        AnswerChainFixture signing =
                new AnswerChainFixture(AnswerConfig.Nonces.IGNORE, AnswerConfig.Unassigned.UNKNOWN);

        assertThat(signing.ask(certId(FOREIGN, SERIAL))).isInstanceOf(Answer.NotOurs.class);
        assertThat(signing.signed).isEmpty();
    }

    @Test
    @Requirement({"CI-09", "SS-07"})
    void name_of_one_issuer_with_key_of_another_is_not_ours() {
        chain.records.put(KEY, good());
        CertId mixed =
                new CertId(
                        HashAlgorithm.SHA1,
                        DigestParameters.NULL,
                        ISSUER.nameHash(HashAlgorithm.SHA1),
                        OTHER.keyHash(HashAlgorithm.SHA1),
                        SERIAL);

        assertThat(chain.ask(mixed)).isInstanceOf(Answer.NotOurs.class);
    }

    @ParameterizedTest
    @EnumSource(HashAlgorithm.class)
    @Requirement({"CI-03", "CI-06", "CI-07"})
    void every_hash_finds_the_issuer_and_is_repeated(HashAlgorithm algorithm) {
        chain.records.put(KEY, good());
        for (DigestParameters form : DigestParameters.values()) {
            CertId asked = ISSUER.certId(algorithm, form, SERIAL);

            assertThat(chain.ask(asked)).isInstanceOf(Answer.Served.class);
            assertThat(chain.signed.getLast().answers().getFirst().certId()).isEqualTo(asked);
        }
    }

    /// Nothing is forgotten when a certificate ends: neither that it was revoked nor that it was
    /// not.
    @Test
    @Requirement({"RT-06", "SA-12", "SA-13"})
    void serial_is_answered_long_after_its_certificate_ended() {
        Revocation revocation = new Revocation(NOW, RevocationReason.SUPERSEDED, Optional.empty());
        chain.records.put(
                KEY,
                new StatusRecord.Assigned(
                        AssignedBy.CERTIFICATE,
                        Optional.of(NOW.plus(Duration.ofDays(47))),
                        Optional.of(revocation)));
        chain.now = NOW.plus(Duration.ofDays(3_700));

        assertThat(chain.ask(ASKED)).isInstanceOf(Answer.Served.class);
        assertThat(chain.signed.getFirst().answers().getFirst().status())
                .isInstanceOf(CertStatus.Revoked.class);
    }

    /// The status of a CA or timestamping certificate is as young as any other: far younger than
    /// the twelve months allowed, and revoked in the first answer after the change.
    @Test
    @Requirement({"TF-10", "TF-11", "TF-15", "SA-09"})
    void status_of_a_ca_certificate_is_as_young_as_any_other_and_tells_its_reason() {
        chain.records.put(KEY, good());
        chain.ask(ASKED);
        assertThat(chain.signed.getFirst().window().length())
                .isLessThanOrEqualTo(Duration.ofDays(7));

        chain.now = NOW.plusSeconds(1);
        chain.records.put(
                KEY,
                revoked(
                        new Revocation(
                                chain.now,
                                RevocationReason.CESSATION_OF_OPERATION,
                                Optional.empty())));
        chain.ask(ASKED);

        assertThat(chain.signed.getLast().answers().getFirst().status())
                .isEqualTo(
                        new CertStatus.Revoked(
                                chain.now, Optional.of(RevocationReason.CESSATION_OF_OPERATION)));
    }

    @Test
    void announced_serial_is_asked_to_wait() {
        chain.records.put(KEY, new StatusRecord.Announced(NOW));

        assertThat(chain.ask(ASKED)).isInstanceOf(Answer.Busy.class);
        assertThat(chain.signed).isEmpty();
    }

    @Test
    @Requirement("SA-10")
    void revoked_tells_date_and_reason_but_never_unspecified() {
        chain.records.put(
                KEY, revoked(new Revocation(NOW, RevocationReason.UNSPECIFIED, Optional.empty())));

        chain.ask(ASKED);

        assertThat(chain.signed.getFirst().answers().getFirst().status())
                .isEqualTo(new CertStatus.Revoked(NOW, Optional.empty()));
    }

    @Test
    @Requirement({"SA-04", "SA-10", "SA-14"})
    void reason_the_profile_forbids_is_left_out_and_the_revocation_stays() {
        chain.records.put(
                KEY,
                revoked(new Revocation(NOW, RevocationReason.CERTIFICATE_HOLD, Optional.empty())));

        chain.ask(ASKED);

        assertThat(chain.signed.getFirst().answers().getFirst().status())
                .isEqualTo(new CertStatus.Revoked(NOW, Optional.empty()));
    }

    @Test
    void failing_store_is_no_status() {
        chain.storeFails = true;

        assertThat(chain.ask(ASKED)).isInstanceOf(Answer.Failed.class);
        assertThat(chain.signed).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(SignerUnavailableException.Cause.class)
    void unavailable_signer_asks_to_try_later(SignerUnavailableException.Cause cause) {
        chain.records.put(KEY, good());
        chain.signerRefuses = Optional.of(cause);

        assertThat(chain.ask(ASKED)).isInstanceOf(Answer.Busy.class);
    }

    @Test
    @Requirement("TF-14")
    void clock_that_steps_back_is_no_status() {
        chain.records.put(KEY, good());
        chain.ask(ASKED);
        chain.now = NOW.minusSeconds(60);

        assertThat(chain.ask(ASKED)).isInstanceOf(Answer.Busy.class);
        assertThat(chain.ask(certId(ISSUER, STRANGER))).isInstanceOf(Answer.NotOurs.class);
        assertThat(chain.signed).hasSize(1);
    }

    @Test
    void revocation_during_signing_is_in_the_answer() {
        chain.records.put(KEY, good());
        chain.whileSigning =
                () -> {
                    chain.records.put(
                            KEY,
                            revoked(
                                    new Revocation(
                                            NOW,
                                            RevocationReason.KEY_COMPROMISE,
                                            Optional.empty())));
                    chain.epochs.advance(KEY);
                    chain.whileSigning = () -> {};
                };

        chain.ask(ASKED);

        assertThat(chain.signed.getLast().answers().getFirst().status())
                .isInstanceOf(CertStatus.Revoked.class);
    }

    @Test
    void status_read_ahead_is_not_read_again() {
        chain.records.put(KEY, good());
        ResolvedRequest request = chain.readAhead(ASKED);
        chain.storeFails = true;

        assertThat(chain.answer(request)).isInstanceOf(Answer.Served.class);
        assertThat(chain.answer(request)).isInstanceOf(Answer.Failed.class);
    }

    @Test
    @Requirement("SA-11")
    void revocation_after_reading_ahead_is_in_the_answer() {
        chain.records.put(KEY, good());
        ResolvedRequest request = chain.readAhead(ASKED);
        chain.records.put(
                KEY,
                revoked(new Revocation(NOW, RevocationReason.KEY_COMPROMISE, Optional.empty())));
        chain.epochs.advance(KEY);

        chain.answer(request);

        assertThat(chain.signed.getLast().answers().getFirst().status())
                .isInstanceOf(CertStatus.Revoked.class);
    }

    @Test
    void store_that_fails_when_read_ahead_fails_the_answer_only_if_it_still_does() {
        chain.records.put(KEY, good());
        chain.storeFails = true;
        ResolvedRequest request = chain.readAhead(ASKED);
        assertThat(chain.answer(request)).isInstanceOf(Answer.Failed.class);

        chain.storeFails = false;

        assertThat(chain.answer(request)).isInstanceOf(Answer.Served.class);
    }

    @Test
    @Requirement({"RP-04", "RP-05"})
    void one_certificate_asked_about_gets_one_single_response() {
        chain.records.put(KEY, good());

        chain.ask(ASKED);

        assertThat(chain.signed.getFirst().answers())
                .extracting(SingleResponseContent::certId)
                .containsExactly(ASKED);
    }

    @Test
    @Requirement("RP-05")
    void several_certificates_are_answered_in_the_order_asked() {
        chain.records.put(KEY, good());
        CertId sha1 = ISSUER.certId(HashAlgorithm.SHA1, DigestParameters.NULL, SERIAL);

        assertThat(chain.ask(sha1, ASKED)).isInstanceOf(Answer.Served.class);
        assertThat(chain.signed.getFirst().answers())
                .extracting(SingleResponseContent::certId)
                .containsExactly(sha1, ASKED);
    }

    @Test
    void unassigned_beside_assigned_is_unknown_and_not_cached() {
        chain.records.put(KEY, good());

        assertThat(chain.ask(ASKED, certId(ISSUER, STRANGER)))
                .isInstanceOf(Answer.ServedOnce.class);
        assertThat(chain.signed.getFirst().answers())
                .extracting(SingleResponseContent::status)
                .containsExactly(new CertStatus.Good(), new CertStatus.Unknown());
    }

    @Test
    @Requirement("RC-02")
    void several_issuers_in_one_request_are_not_answered() {
        chain.records.put(KEY, good());
        chain.records.put(new SerialKey(OTHER, SERIAL), good());

        assertThat(chain.ask(ASKED, certId(OTHER, SERIAL))).isInstanceOf(Answer.NotOurs.class);
    }

    @Test
    @Requirement({"NO-06", "NO-08"})
    void nonce_is_ignored_unless_configured() {
        chain.records.put(KEY, good());

        assertThat(chain.askWithNonce(32, ASKED)).isInstanceOf(Answer.Served.class);
        assertThat(chain.signed.getFirst().nonce()).isEmpty();
    }

    @Test
    @Requirement({"NO-02", "NO-03", "NO-08"})
    void echoed_nonce_is_never_cached_and_odd_lengths_go_without() {
        AnswerChainFixture echoing =
                new AnswerChainFixture(
                        AnswerConfig.Nonces.ECHO, AnswerConfig.Unassigned.UNAUTHORIZED);
        echoing.records.put(KEY, good());

        assertThat(echoing.askWithNonce(16, ASKED)).isInstanceOf(Answer.ServedOnce.class);
        assertThat(echoing.askWithNonce(32, ASKED)).isInstanceOf(Answer.ServedOnce.class);
        assertThat(echoing.askWithNonce(15, ASKED)).isInstanceOf(Answer.Served.class);
        assertThat(echoing.askWithNonce(33, ASKED)).isInstanceOf(Answer.Served.class);
        assertThat(echoing.signed)
                .extracting(content -> content.nonce().isPresent())
                .containsExactly(true, true, false, false);
    }
}
