package org.precertocsp.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.signer.Der.tlv;
import static org.precertocsp.signer.ResponseContents.NOW;

import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.Requirement;
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
import org.precertocsp.signer.key.SignatureScheme;

/// What a template puts together, compared with Bouncy Castle's encoding of the same from objects.
final class ResponseTemplateTest {
    private static final TestCa CA = TestCa.root("Template");
    private static final KeyPair KEYS = TestCa.p256();
    private static final Optional<DelegateCertificate> DELEGATE =
            Optional.of(DelegateCertificates.of(CA, KEYS).certificate());

    @Provide
    Arbitrary<ResponderCredential> credentials() {
        return Combinators.combine(
                        Arbitraries.of(true, false),
                        Arbitraries.of(SignatureScheme.values()),
                        profiles())
                .as(ResponseTemplateTest::credential);
    }

    @Provide
    Arbitrary<ResponseContent> contents() {
        return Combinators.combine(answers(), windows())
                .as(
                        (answer, window) ->
                                new ResponseContent(
                                        List.of(answer),
                                        window,
                                        Optional.empty(),
                                        Optional.empty(),
                                        NOW));
    }

    @Property(tries = 1000)
    @Requirement("RP-22")
    void a_response_put_together_equals_bouncy_castles_encoding(
            @ForAll("credentials") ResponderCredential credential,
            @ForAll("contents") ResponseContent content,
            @ForAll @IntRange(min = 1, max = 6_000) int signatureLength,
            @ForAll long seed) {
        byte[] signature = new byte[signatureLength];
        new Random(seed).nextBytes(signature);

        assertSame(credential, content, signature);
    }

    /// The one CertID of the response, as the request wrote it: hash algorithm with its parameters
    /// or without, and the serial with a leading zero octet if it has one.
    @Property(tries = 200)
    @Requirement({"CI-06", "CI-07", "SS-16"})
    void the_certid_has_the_bytes_it_was_asked_with(@ForAll("contents") ResponseContent content)
            throws IOException {
        SignedResponse response =
                assembled(template(true, IssuerProfile.TLS), content, ByteString.of((byte) 7));

        BasicOCSPResponse basic =
                BasicOCSPResponse.getInstance(
                        OCSPResponse.getInstance(response.der().toArray())
                                .getResponseBytes()
                                .getResponse()
                                .getOctets());
        SingleResponse single =
                SingleResponse.getInstance(
                        basic.getTbsResponseData().getResponses().getObjectAt(0));
        assertThat(ByteString.of(single.getCertID().getEncoded()).toHex())
                .isEqualTo(written(content.answers().getFirst().certId()));
    }

    private static String written(CertId asked) {
        String oid =
                switch (asked.hashAlgorithm()) {
                    case SHA1 -> "2b0e03021a";
                    case SHA256 -> "608648016503040201";
                    case SHA384 -> "608648016503040202";
                    case SHA512 -> "608648016503040203";
                };
        String parameters = asked.parameters() == DigestParameters.NULL ? "0500" : "";
        return tlv(
                "30",
                tlv("30", tlv("06", oid), parameters),
                tlv("04", asked.issuerNameHash().toHex()),
                tlv("04", asked.issuerKeyHash().toHex()),
                tlv("02", asked.serial().content().toHex()));
    }

    @ParameterizedTest
    @EnumSource
    void every_length_of_signature_is_encoded_as_bouncy_castle_does(Length length) {
        for (int octets = length.from; octets <= length.to; octets++) {
            assertSame(
                    credential(octets % 2 == 0, SignatureScheme.ED25519, IssuerProfile.TLS),
                    ResponseContents.good(CA),
                    new byte[octets]);
        }
    }

    /// Signatures around which some length in the response grows by a byte, or that schemes make.
    enum Length {
        SHORT(1, 130),
        ED25519(64, 64),
        RSA(240, 520),
        ML_DSA_44(2420, 2420),
        ML_DSA_65(3309, 3309),
        ML_DSA_87(4627, 4627),
        NEARLY_64_KIB(64_900, 65_600);

        final int from;
        final int to;

        Length(int from, int to) {
            this.from = from;
            this.to = to;
        }
    }

    @Property(tries = 300)
    void a_decoded_template_is_the_template(
            @ForAll("credentials") ResponderCredential credential,
            @ForAll("contents") ResponseContent content) {
        ResponseTemplate made = ResponseTemplate.of(credential);

        ResponseTemplate read = ResponseTemplate.decode(made.encoded());

        assertThat(read.encoded()).isEqualTo(made.encoded());
        assertThat(read.id()).isEqualTo(made.id());
        assertThat(assembled(read, content, ByteString.of((byte) 1)).der())
                .isEqualTo(assembled(made, content, ByteString.of((byte) 1)).der());
    }

    @Test
    void templates_differ_where_responses_would() {
        ResponseTemplate template = template(true, IssuerProfile.TLS);

        assertThat(template.id()).isEqualTo(template(true, IssuerProfile.SMIME).id());
        assertThat(template.id()).isNotEqualTo(template(false, IssuerProfile.TLS).id());
        assertThat(template.id()).isNotEqualTo(template(true, IssuerProfile.PRIVATE).id());
    }

    @Test
    void the_essence_puts_the_response_together_again() {
        ResponseTemplate template = template(true, IssuerProfile.TLS);
        ResponseContent content = ResponseContents.good(CA);

        SignedResponse response = assembled(template, content, ByteString.of((byte) 7));

        SignedResponse.Essence essence = response.essence().orElseThrow();
        assertThat(essence.template()).isSameAs(template);
        assertThat(assembled(essence.template(), content, essence.signature())).isEqualTo(response);
        assertThat(response.window()).isEqualTo(content.window());
        assertThat(response.producedAt()).isEqualTo(NOW);
    }

    @Test
    void a_template_cut_short_or_lengthened_is_refused() {
        for (boolean delegated : new boolean[] {true, false}) {
            byte[] whole = template(delegated, IssuerProfile.TLS).encoded().toArray();
            for (int length = 0; length < whole.length; length++) {
                // Without its certificates it is the template of one who sends none.
                if (length != template(false, IssuerProfile.TLS).encoded().length()) {
                    assertRefused(Arrays.copyOf(whole, length));
                }
            }
            assertRefused(Arrays.copyOf(whole, whole.length + 1));
        }
    }

    @Test
    void a_template_with_a_changed_octet_is_refused_or_another_template() {
        byte[] whole = template(true, IssuerProfile.TLS).encoded().toArray();
        for (int at = 0; at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= (byte) 0x81;
            try {
                ResponseTemplate other = ResponseTemplate.decode(ByteString.of(changed));
                assertThat(other.encoded()).isEqualTo(ByteString.of(changed));
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageNotContaining("Index");
            }
        }
    }

    @Test
    void an_unknown_format_reason_or_algorithm_is_refused() {
        byte[] whole = template(false, IssuerProfile.TLS).encoded().toArray();
        for (int at : new int[] {0, 1, whole.length - 1}) {
            byte[] changed = whole.clone();
            changed[at] ^= (byte) 0x80;
            assertRefused(changed);
        }
    }

    @Test
    void a_year_of_five_digits_is_refused() {
        ResponseTemplate template = template(false, IssuerProfile.TLS);
        CertStatus late =
                new CertStatus.Revoked(Instant.parse("+10000-01-01T00:00:00Z"), Optional.empty());

        assertThatThrownBy(
                        () ->
                                assembled(
                                        template,
                                        ResponseContents.of(ResponseContents.asked(CA), late),
                                        ByteString.of((byte) 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertSame(
            ResponderCredential credential, ResponseContent asked, byte[] signature) {
        ResponseContent content =
                new ResponseContent(
                        asked.answers(),
                        asked.window(),
                        asked.nonce(),
                        credential.profile().retentionPastExpiry(),
                        asked.arrival());
        ResponseEncoder form = new ResponseEncoder(credential);
        ResponseData data = form.data(content, content.window());
        byte[] message = ResponseEncoder.der(data);
        byte[] whole = form.response(data, signature);
        ResponseTemplate template = ResponseTemplate.of(credential);
        SingleResponseContent answer = content.answers().getFirst();
        ByteString made = ByteString.of(signature);

        assertThat(template.fits(content)).isTrue();
        assertThat(template.data(answer, content.window())).isEqualTo(message);
        assertThat(template.response(message, content.window(), made).der())
                .isEqualTo(ByteString.of(whole));
        assertThat(assembled(template, content, made).der()).isEqualTo(ByteString.of(whole));
    }

    private static SignedResponse assembled(
            ResponseTemplate template, ResponseContent content, ByteString signature) {
        return template.assemble(content.answers().getFirst(), content.window(), signature);
    }

    private static void assertRefused(byte[] encoded) {
        assertThatThrownBy(() -> ResponseTemplate.decode(ByteString.of(encoded)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static ResponseTemplate template(boolean delegated, IssuerProfile profile) {
        return ResponseTemplate.of(
                credential(delegated, SignatureScheme.ECDSA_P256_SHA256, profile));
    }

    private static ResponderCredential credential(
            boolean delegated, SignatureScheme scheme, IssuerProfile profile) {
        return new ResponderCredential(
                List.of(CA.certificate()),
                delegated ? DELEGATE : Optional.empty(),
                new TestKey(KEYS, scheme),
                profile);
    }

    private static Arbitrary<IssuerProfile> profiles() {
        return Combinators.combine(
                        Arbitraries.of(
                                IssuerProfile.TLS,
                                IssuerProfile.CODE_SIGNING,
                                IssuerProfile.PRIVATE),
                        retentions())
                .as(ResponseTemplateTest::keeping);
    }

    private static IssuerProfile keeping(IssuerProfile profile, Optional<Duration> retention) {
        return new IssuerProfile(
                profile.name(),
                profile.minValidity(),
                profile.maxValidity(),
                profile.defaultValidity(),
                retention,
                profile.allowedReasons(),
                profile.openKeySet(),
                profile.strict(),
                profile.locallyTrustedSigner(),
                profile.datesFollowCompromise());
    }

    private static Arbitrary<SingleResponseContent> answers() {
        return Combinators.combine(certIds(), statuses()).as(SingleResponseContent::new);
    }

    private static Arbitrary<CertId> certIds() {
        return Combinators.combine(
                        Arbitraries.of(HashAlgorithm.class),
                        Arbitraries.of(DigestParameters.class),
                        serials())
                .as(
                        (hash, parameters, serial) ->
                                CA.certificate().key().certId(hash, parameters, serial));
    }

    /// Of 1 to 20 bytes, and of 21 with a sign byte before them; negative ones too.
    private static Arbitrary<Serial> serials() {
        Arbitrary<Serial> any =
                Arbitraries.bytes()
                        .array(byte[].class)
                        .ofMinSize(1)
                        .ofMaxSize(20)
                        .map(octets -> Serial.of(new BigInteger(octets)));
        Arbitrary<Serial> longest =
                Arbitraries.bytes()
                        .array(byte[].class)
                        .ofSize(20)
                        .map(
                                octets -> {
                                    octets[0] |= (byte) 0x80;
                                    return Serial.of(new BigInteger(1, octets));
                                });
        return Arbitraries.oneOf(any, longest);
    }

    private static Arbitrary<CertStatus> statuses() {
        Arbitrary<CertStatus> revoked =
                Combinators.combine(times(), Arbitraries.of(RevocationReason.class).optional())
                        .as(CertStatus.Revoked::new);
        return Arbitraries.oneOf(
                Arbitraries.of(new CertStatus.Good(), new CertStatus.Unknown()), revoked);
    }

    /// Any second of the years 0 to 9999, and some nanoseconds that are not encoded.
    private static Arbitrary<Instant> times() {
        return Combinators.combine(
                        Arbitraries.longs()
                                .between(
                                        Instant.parse("0000-01-01T00:00:00Z").getEpochSecond(),
                                        Instant.parse("9999-12-31T23:59:59Z").getEpochSecond()),
                        Arbitraries.integers().between(0, 999_999_999))
                .as(Instant::ofEpochSecond);
    }

    private static Arbitrary<ValidityWindow> windows() {
        return Combinators.combine(
                        Arbitraries.longs()
                                .between(0, Instant.parse("9990-01-01T00:00:00Z").getEpochSecond()),
                        Arbitraries.longs().between(1, 40_000_000))
                .as(
                        (second, validity) ->
                                ValidityWindow.from(
                                        Instant.ofEpochSecond(second),
                                        Duration.ofSeconds(validity)));
    }

    private static Arbitrary<Optional<Duration>> retentions() {
        return Arbitraries.integers()
                .between(0, 4000)
                .map(days -> Duration.ofDays(days))
                .optional();
    }
}
