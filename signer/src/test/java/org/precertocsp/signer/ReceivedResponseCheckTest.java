package org.precertocsp.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.signer.ResponseContents.NOW;

import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.signer.ReceivedResponseCheck.RejectedTemplateException;
import org.precertocsp.signer.SignedResponse.Essence;

final class ReceivedResponseCheckTest {
    private static final TestCa CA = TestCa.root("Received");
    private static final TestCa OTHER = TestCa.root("Elsewhere");
    private static final KeyPair KEYS = TestCa.p256();
    private static final CertId ASKED = ResponseContents.asked(CA);
    private static final SingleResponseContent GOOD =
            new SingleResponseContent(ASKED, new CertStatus.Good());

    private static ResponderCredential direct(TestCa ca) {
        return new ResponderCredential(
                List.of(ca.certificate()),
                Optional.empty(),
                TestKey.of(ca.keys()),
                IssuerProfile.TLS);
    }

    private static ResponderCredential delegated(DelegateCertificate certificate, KeyPair keys) {
        return new ResponderCredential(
                List.of(CA.certificate()),
                Optional.of(certificate),
                TestKey.of(keys),
                IssuerProfile.TLS);
    }

    private static ResponderCredential delegated() {
        return delegated(DelegateCertificates.of(CA, KEYS).certificate(), KEYS);
    }

    private static SignedResponse signed(ResponderCredential credential, ResponseContent content)
            throws SignerUnavailableException {
        return new BouncyCastleSigner(credential).sign(content);
    }

    private static SignedResponse signed(ResponderCredential credential)
            throws SignerUnavailableException {
        return signed(credential, ResponseContents.good(CA));
    }

    private static ReceivedResponseCheck check(ResponseTemplate template)
            throws RejectedTemplateException {
        return ReceivedResponseCheck.of(
                template, List.of(CA.certificate()), IssuerProfile.TLS, NOW);
    }

    private static Optional<String> problem(
            SignedResponse response, SingleResponseContent answer, ValidityWindow window)
            throws RejectedTemplateException {
        Essence essence = response.essence().orElseThrow();
        return check(essence.template()).problem(answer, window, essence.signature());
    }

    private static void assertRejected(ResponderCredential credential, String why) {
        assertThatThrownBy(() -> check(ResponseTemplate.of(credential)))
                .isInstanceOf(RejectedTemplateException.class)
                .hasMessageContaining(why);
    }

    @Test
    void a_response_of_the_ca_or_its_delegate_passes() throws Exception {
        for (ResponderCredential credential : List.of(direct(CA), delegated())) {
            SignedResponse response = signed(credential);

            assertThat(problem(response, GOOD, response.window())).isEmpty();
        }
    }

    @Test
    void a_response_is_for_one_cert_id_one_status_and_one_window() throws Exception {
        SignedResponse response = signed(delegated());
        ValidityWindow window = response.window();
        CertId otherSerial =
                CA.certificate()
                        .key()
                        .certId(HashAlgorithm.SHA1, DigestParameters.NULL, Serial.ofHex("77"));
        CertId otherForm = ResponseContents.asked(CA, HashAlgorithm.SHA1, DigestParameters.ABSENT);

        assertThat(problem(response, new SingleResponseContent(otherSerial, GOOD.status()), window))
                .hasValueSatisfying(why -> assertThat(why).contains("does not verify"));
        assertThat(problem(response, new SingleResponseContent(otherForm, GOOD.status()), window))
                .isPresent();
        assertThat(
                        problem(
                                response,
                                new SingleResponseContent(
                                        ASKED,
                                        ResponseContents.revoked(RevocationReason.SUPERSEDED)),
                                window))
                .isPresent();
        assertThat(
                        problem(
                                response,
                                GOOD,
                                new ValidityWindow(
                                        window.thisUpdate(), window.nextUpdate().plusSeconds(1))))
                .isPresent();
    }

    @Test
    void a_signature_with_any_byte_changed_does_not_pass() throws Exception {
        SignedResponse response = signed(delegated());
        Essence essence = response.essence().orElseThrow();
        ReceivedResponseCheck check = check(essence.template());
        byte[] signature = essence.signature().toArray();
        for (int i = 0; i < signature.length; i++) {
            byte[] changed = signature.clone();
            changed[i] ^= 1;

            assertThat(check.problem(GOOD, response.window(), ByteString.of(changed))).isPresent();
        }
    }

    @Test
    void a_validity_that_the_profile_forbids_does_not_pass() throws Exception {
        SignedResponse response = signed(delegated());
        ReceivedResponseCheck check = check(response.essence().orElseThrow().template());
        ByteString signature = response.essence().orElseThrow().signature();

        assertThat(check.problem(GOOD, ValidityWindow.from(NOW, Duration.ofHours(1)), signature))
                .hasValueSatisfying(why -> assertThat(why).contains("TF-02"));
        assertThat(check.problem(GOOD, ValidityWindow.from(NOW, Duration.ofDays(8)), signature))
                .hasValueSatisfying(why -> assertThat(why).contains("TF-02"));
    }

    @Test
    void nothing_may_outlive_the_certificate_that_is_sent() throws Exception {
        ResponseTemplate template = ResponseTemplate.of(delegated());
        ValidityWindow late =
                ValidityWindow.from(NOW.plus(Duration.ofDays(29)), Duration.ofDays(2));

        assertThat(check(template).problem(GOOD, late, ByteString.of((byte) 1)))
                .hasValueSatisfying(why -> assertThat(why).contains("TF-09"));
    }

    @Test
    void a_template_of_somebody_else_is_rejected() {
        assertRejected(direct(OTHER), "responder ID");
        assertRejected(delegated(DelegateCertificates.of(OTHER, KEYS).certificate(), KEYS), "RC-0");
        assertRejected(
                delegated(
                        DelegateCertificates.of(CA, KEYS)
                                .having(DelegateCertificates.identifiers(CA, KEYS))
                                .certificate(),
                        KEYS),
                "RC-03");
    }

    @Test
    void a_template_of_another_profile_is_rejected() {
        assertThatThrownBy(
                        () ->
                                ReceivedResponseCheck.of(
                                        ResponseTemplate.of(delegated()),
                                        List.of(CA.certificate()),
                                        IssuerProfile.CODE_SIGNING,
                                        NOW))
                .isInstanceOf(RejectedTemplateException.class)
                .hasMessageContaining("another profile");
    }
}
