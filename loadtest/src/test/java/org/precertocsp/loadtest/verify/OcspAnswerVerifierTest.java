package org.precertocsp.loadtest.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.junit.jupiter.api.Test;
import org.precertocsp.TestCa;
import org.precertocsp.loadtest.SignedAnswers;
import org.precertocsp.loadtest.drive.AnswerFault;
import org.precertocsp.loadtest.drive.WrongAnswer;
import org.precertocsp.loadtest.requests.EncodedRequest;
import org.precertocsp.loadtest.requests.ExpectedStatus;
import org.precertocsp.loadtest.requests.RequestDescription;
import org.precertocsp.loadtest.requests.RequestStream;
import org.precertocsp.loadtest.requests.SerialPopulation;
import org.precertocsp.loadtest.requests.SerialTable;
import org.precertocsp.loadtest.requests.TargetUrl;
import org.precertocsp.loadtest.requests.Workload;
import org.precertocsp.ocsp.Serial;

final class OcspAnswerVerifierTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Serial SERIAL = Serial.ofHex("1234567890abcdef");

    private final TestCa ca = TestCa.root("Load Test CA");
    private final SignedAnswers answers = new SignedAnswers(ca, NOW.minusSeconds(60)).good(SERIAL);

    @Test
    void a_right_answer_passes() {
        assertThat(ask(ExpectedStatus.GOOD)).isEmpty();
        assertThat(ask(ExpectedStatus.ASSIGNED)).isEmpty();
    }

    @Test
    void an_answer_by_the_issuer_itself_passes() {
        answers.signedBy(ca.keys(), ca.holder());

        assertThat(ask(ExpectedStatus.GOOD)).isEmpty();
    }

    @Test
    void good_for_a_revoked_serial_is_told() {
        assertThat(ask(ExpectedStatus.REVOKED))
                .hasValueSatisfying(
                        wrong -> {
                            assertThat(wrong.fault()).isEqualTo(AnswerFault.CERT_STATUS);
                            assertThat(wrong.seen()).isEqualTo("good");
                            assertThat(wrong.question().serial()).isEqualTo(SERIAL);
                        });
    }

    @Test
    void good_for_an_unassigned_serial_is_told() {
        assertThat(fault(ExpectedStatus.UNASSIGNED)).contains(AnswerFault.CERT_STATUS);
    }

    @Test
    void unauthorized_is_right_for_unassigned_serials_only() {
        SignedAnswers knowsNothing = new SignedAnswers(ca, NOW);

        assertThat(ask(knowsNothing, ExpectedStatus.UNASSIGNED)).isEmpty();
        assertThat(ask(knowsNothing, ExpectedStatus.GOOD))
                .map(WrongAnswer::fault)
                .contains(AnswerFault.RESPONSE_STATUS);
    }

    @Test
    void a_signature_of_another_key_is_told() {
        answers.signedByNobody();

        assertThat(fault(ExpectedStatus.GOOD)).contains(AnswerFault.SIGNATURE);
    }

    @Test
    void a_delegate_of_another_ca_is_told() {
        KeyPair keys = TestCa.p256();
        answers.signedBy(keys, TestCa.root("Load Test CA").delegate(keys));

        assertThat(fault(ExpectedStatus.GOOD)).contains(AnswerFault.SIGNER);
    }

    @Test
    void a_certificate_without_the_ocsp_purpose_is_no_delegate() {
        KeyPair keys = TestCa.p256();
        answers.signedBy(
                keys, ca.certificate(BigInteger.TEN, TestCa.name("web server"), keys, _ -> {}));

        assertThat(fault(ExpectedStatus.GOOD)).contains(AnswerFault.SIGNER);
    }

    @Test
    void an_expired_answer_is_told() {
        answers.lasting(Duration.ofSeconds(60));

        assertThat(fault(ExpectedStatus.GOOD)).contains(AnswerFault.WINDOW);
    }

    @Test
    void an_answer_from_the_future_is_told() {
        SignedAnswers early = new SignedAnswers(ca, NOW.plusSeconds(1)).good(SERIAL);

        assertThat(ask(early, ExpectedStatus.GOOD))
                .map(WrongAnswer::fault)
                .contains(AnswerFault.WINDOW);
    }

    @Test
    void an_answer_about_another_serial_is_told() {
        answers.about(Serial.ofHex("77"));

        assertThat(fault(ExpectedStatus.GOOD)).contains(AnswerFault.CERT_ID);
    }

    @Test
    void revoked_and_unknown_are_right_for_an_unassigned_serial() {
        // RFC 6960 §2.2 lets a responder say "revoked" of what was never issued.
        SignedAnswers revoked = new SignedAnswers(ca, NOW.minusSeconds(60)).revoked(SERIAL);

        assertThat(ask(revoked, ExpectedStatus.UNASSIGNED)).isEmpty();
        assertThat(ask(revoked, ExpectedStatus.REVOKED)).isEmpty();
        assertThat(ask(revoked, ExpectedStatus.ASSIGNED)).isEmpty();
        assertThat(ask(revoked, ExpectedStatus.GOOD)).map(WrongAnswer::seen).contains("revoked");
    }

    @Test
    void another_nonce_than_sent_is_told_and_none_at_all_is_right() {
        RequestStream supply = supply(ExpectedStatus.GOOD);
        long nonced =
                LongStream.range(0, 100)
                        .filter(i -> supply.question(i).nonce().isPresent())
                        .findFirst()
                        .orElseThrow();
        long other =
                LongStream.range(nonced + 1, 200)
                        .filter(i -> supply.question(i).nonce().isPresent())
                        .filter(
                                i ->
                                        supply.question(i).hashAlgorithm()
                                                == supply.question(nonced).hashAlgorithm())
                        .findFirst()
                        .orElseThrow();
        RequestDescription question = supply.question(nonced);
        byte[] ofOther = answers.answer(request(supply, other), false);

        assertThat(check(question, answers.answer(request(supply, nonced), false))).isEmpty();
        assertThat(check(question, ofOther)).map(WrongAnswer::fault).contains(AnswerFault.NONCE);
        assertThat(
                        check(
                                new RequestDescription(
                                        question.serial(),
                                        question.expected(),
                                        question.method(),
                                        question.hashAlgorithm(),
                                        Optional.empty()),
                                ofOther))
                .isEmpty();
    }

    @Test
    void an_answer_received_after_its_signers_end_is_told() {
        RequestDescription question = supply(ExpectedStatus.GOOD).question(0);
        byte[] answer = answers.lasting(Duration.ofDays(40_000)).answer(request(0), false);

        assertThat(
                        new OcspAnswerVerifier(ca.certificate())
                                .check(question, answer, NOW.plus(Duration.ofDays(36_500))))
                .map(WrongAnswer::fault)
                .contains(AnswerFault.SIGNER);
    }

    @Test
    void busy_is_no_answer() {
        RequestDescription question = supply(ExpectedStatus.GOOD).question(0);

        assertThat(check(question, new byte[] {0x30, 3, 0x0A, 1, 3}))
                .hasValueSatisfying(
                        wrong -> {
                            assertThat(wrong.fault()).isEqualTo(AnswerFault.RESPONSE_STATUS);
                            assertThat(wrong.seen()).isEqualTo("responseStatus 3");
                        });
    }

    @Test
    void garbage_is_told() {
        RequestDescription question = supply(ExpectedStatus.GOOD).question(0);

        assertThat(check(question, new byte[] {0x30, 1, 2}))
                .map(WrongAnswer::fault)
                .contains(AnswerFault.MALFORMED);
    }

    private Optional<AnswerFault> fault(ExpectedStatus expected) {
        return ask(expected).map(WrongAnswer::fault);
    }

    private Optional<WrongAnswer> ask(ExpectedStatus expected) {
        return ask(answers, expected);
    }

    private Optional<WrongAnswer> ask(SignedAnswers by, ExpectedStatus expected) {
        RequestStream supply = supply(expected);
        return check(supply.question(0), by.answer(request(supply, 0), false));
    }

    private OCSPReq request(long index) {
        return request(supply(ExpectedStatus.GOOD), index);
    }

    private static OCSPReq request(RequestStream supply, long index) {
        EncodedRequest request = new EncodedRequest();
        supply.encoder(TargetUrl.of("http://localhost/"), true).encode(index, request);
        int body =
                new String(request.bytes(), 0, request.length(), StandardCharsets.ISO_8859_1)
                                .indexOf("\r\n\r\n")
                        + 4;
        try {
            return new OCSPReq(Arrays.copyOfRange(request.bytes(), body, request.length()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<WrongAnswer> check(RequestDescription question, byte[] answer) {
        return new OcspAnswerVerifier(ca.certificate()).check(question, answer, NOW);
    }

    private RequestStream supply(ExpectedStatus expected) {
        SerialTable table = SerialTable.builder().add(SERIAL, expected).build();
        return RequestStream.of(
                new SerialPopulation(ca.certificate(), table, table),
                new Workload(
                        new Workload.Shares(0, 0.5, 0.5, 0), new Workload.Order.Sequential(), 4));
    }
}
