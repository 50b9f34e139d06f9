package org.precertocsp.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.signer.ResponseContents.NOW;

import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;

/// When nothing is signed, or for a shorter time than asked.
final class SigningRefusalTest {
    private static final TestCa CA = TestCa.root("Signing");
    private static final KeyPair DELEGATE_KEYS = TestCa.p256();
    private static final DelegateCertificate DELEGATE =
            DelegateCertificates.of(CA, DELEGATE_KEYS).certificate();

    @Test
    @Requirement("TF-09")
    void next_update_never_passes_the_end_of_the_certificate_sent() throws Exception {
        Instant end = NOW.plus(Duration.ofHours(20));
        DelegateCertificate ending =
                DelegateCertificates.of(CA, DELEGATE_KEYS).until(end).certificate();
        ResponseSigner signer = signer(ending);

        SignedResponse response = signer.sign(ResponseContents.good(CA));

        assertThat(response.window().nextUpdate()).isEqualTo(end);
        assertThat(
                        BouncyCastleSignerTest.parse(response)
                                .getResponses()[0]
                                .getNextUpdate()
                                .toInstant())
                .isEqualTo(end);
        assertThat(response.producedAt()).isEqualTo(NOW);
    }

    @Test
    @Requirement({"TF-02", "TF-09"})
    void a_credential_that_ends_too_soon_signs_nothing() {
        DelegateCertificate ending =
                DelegateCertificates.of(CA, DELEGATE_KEYS)
                        .until(NOW.plus(Duration.ofHours(8)).minusSeconds(1))
                        .certificate();
        ResponseSigner signer = signer(ending);

        assertRefused(
                signer,
                ResponseContents.good(CA),
                SignerUnavailableException.Cause.CREDENTIAL_ENDING);
    }

    @Test
    void a_clock_set_back_before_the_certificate_signs_nothing() {
        DelegateCertificate young =
                DelegateCertificates.of(CA, DELEGATE_KEYS).from(NOW.plusSeconds(1)).certificate();
        ResponseSigner signer = signer(young);

        assertRefused(
                signer,
                ResponseContents.good(CA),
                SignerUnavailableException.Cause.CREDENTIAL_ENDING);
    }

    @Test
    @Requirement("TF-02")
    void a_window_outside_the_profile_is_a_defect_of_the_caller() {
        for (Duration wrong : List.of(Duration.ofHours(7), Duration.ofDays(7))) {
            assertThatThrownBy(() -> signer(DELEGATE).sign(ResponseContents.lasting(CA, wrong)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("TF-02");
        }
    }

    @Test
    void a_failing_key_is_a_typed_refusal() {
        TestKey key = TestKey.of(DELEGATE_KEYS);
        key.fail();
        ResponseSigner signer = signer(DELEGATE, key);

        assertRefused(
                signer, ResponseContents.good(CA), SignerUnavailableException.Cause.KEY_FAILED);
    }

    private static ResponseSigner signer(DelegateCertificate delegate) {
        return signer(delegate, TestKey.of(DELEGATE_KEYS));
    }

    private static ResponseSigner signer(DelegateCertificate delegate, TestKey key) {
        return new BouncyCastleSigner(
                new ResponderCredential(
                        List.of(CA.certificate()), Optional.of(delegate), key, IssuerProfile.TLS));
    }

    private static void assertRefused(
            ResponseSigner signer,
            ResponseContent content,
            SignerUnavailableException.Cause cause) {
        assertThatThrownBy(() -> signer.sign(content))
                .isInstanceOfSatisfying(
                        SignerUnavailableException.class,
                        e -> assertThat(e.reason()).isEqualTo(cause));
    }
}
