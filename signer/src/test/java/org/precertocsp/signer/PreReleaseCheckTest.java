package org.precertocsp.signer;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;

@Requirement("KP-08")
final class PreReleaseCheckTest {
    private static final TestCa CA = TestCa.root("Release");

    private final SignedResponse response = good();
    private final byte[] message = signedPart(response);

    static Stream<ResponseContent> other_contents() {
        return Stream.of(
                ResponseContents.of(
                        ResponseContents.asked(CA),
                        ResponseContents.revoked(RevocationReason.KEY_COMPROMISE)),
                ResponseContents.of(ResponseContents.asked(CA), new CertStatus.Unknown()),
                ResponseContents.of(
                        ResponseContents.asked(CA, HashAlgorithm.SHA1, DigestParameters.ABSENT),
                        new CertStatus.Good()),
                ResponseContents.of(
                        ResponseContents.asked(CA, HashAlgorithm.SHA256, DigestParameters.NULL),
                        new CertStatus.Good()),
                ResponseContents.nonced(ResponseContents.good(CA)),
                ResponseContents.of(
                        List.of(
                                ResponseContents.good(CA).answers().getFirst(),
                                ResponseContents.good(CA).answers().getFirst())));
    }

    @ParameterizedTest
    @MethodSource("other_contents")
    void a_response_that_says_something_else_is_not_signed(ResponseContent content) {
        assertThatThrownBy(() -> PreReleaseCheck.check(message, content, response.window()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("KP-08");
    }

    @Test
    void a_response_of_another_time_is_not_signed() {
        ResponseContent longer = ResponseContents.lasting(CA, Duration.ofDays(3));

        assertThatThrownBy(() -> PreReleaseCheck.check(message, longer, longer.window()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_response_that_says_what_it_should_is_signed() {
        assertThatCode(
                        () ->
                                PreReleaseCheck.check(
                                        message, ResponseContents.good(CA), response.window()))
                .doesNotThrowAnyException();
    }

    @Test
    void every_octet_but_responder_id_and_reason_is_looked_at() {
        CertStatus revoked = ResponseContents.revoked(RevocationReason.KEY_COMPROMISE);
        ResponseContent content =
                ResponseContents.of(
                        ResponseContents.asked(CA, HashAlgorithm.SHA256, DigestParameters.NULL),
                        revoked);
        byte[] whole = signedPart(sign(content));
        // The key hash and its header; the reason, which the profile may leave out.
        int keyHash = ByteString.of(whole).toHex().indexOf("a2160414") / 2 + 2;
        int reason = ByteString.of(whole).toHex().indexOf("a0030a0101") / 2;
        for (int at = 0; at < whole.length; at++) {
            boolean unseen =
                    (at >= keyHash && at < keyHash + 22) || (at >= reason && at < reason + 5);
            byte[] changed = whole.clone();
            changed[at] ^= 1;
            if (!unseen) {
                assertThatThrownBy(() -> PreReleaseCheck.check(changed, content, response.window()))
                        .as("byte %d", at)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("KP-08");
            }
        }
    }

    @Test
    void a_response_cut_short_is_not_signed() {
        for (int length = 0; length < message.length; length++) {
            byte[] cut = Arrays.copyOf(message, length);
            assertThatThrownBy(
                            () ->
                                    PreReleaseCheck.check(
                                            cut, ResponseContents.good(CA), response.window()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("KP-08");
        }
    }

    private static SignedResponse good() {
        return sign(ResponseContents.good(CA));
    }

    private static SignedResponse sign(ResponseContent content) {
        try {
            return new BouncyCastleSigner(
                            new ResponderCredential(
                                    List.of(CA.certificate()),
                                    Optional.empty(),
                                    TestKey.of(CA.keys()),
                                    IssuerProfile.TLS))
                    .sign(content);
        } catch (SignerUnavailableException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] signedPart(SignedResponse response) {
        try {
            return BouncyCastleSignerTest.parse(response).getTBSResponseData();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
