package org.precertocsp.responder.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.responder.request.Requests.NULL;
import static org.precertocsp.responder.request.Requests.SHA1;
import static org.precertocsp.responder.request.Requests.SHA256;
import static org.precertocsp.responder.request.Requests.certId;
import static org.precertocsp.responder.request.Requests.critical;
import static org.precertocsp.responder.request.Requests.extension;
import static org.precertocsp.responder.request.Requests.filled;
import static org.precertocsp.responder.request.Requests.hex;
import static org.precertocsp.responder.request.Requests.list;
import static org.precertocsp.responder.request.Requests.nonce;
import static org.precertocsp.responder.request.Requests.plain;
import static org.precertocsp.responder.request.Requests.request;
import static org.precertocsp.responder.request.Requests.requestExtensions;
import static org.precertocsp.responder.request.Requests.sha1CertId;
import static org.precertocsp.responder.request.Requests.single;
import static org.precertocsp.responder.request.Requests.singleExtensions;
import static org.precertocsp.responder.request.Requests.tbs;
import static org.precertocsp.responder.request.Requests.tlv;
import static org.precertocsp.responder.request.Requests.withNonce;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Nonce;
import org.precertocsp.ocsp.Serial;

final class OcspRequestDecoderTest {
    private static final String ACCEPTABLE_RESPONSES = "2b0601050507300104";
    private static final String BASIC = "2b0601050507300101";
    private static final byte[] ONE = list(single(sha1CertId("0102")));

    private final OcspRequestDecoder decoder = new OcspRequestDecoder(new RequestLimits(3));

    @Test
    void a_plain_request_is_understood() {
        assertThat(understood(plain()))
                .isEqualTo(
                        new OcspRequest(
                                List.of(
                                        new CertId(
                                                HashAlgorithm.SHA1,
                                                DigestParameters.NULL,
                                                ByteString.of(filled(20, 0x11)),
                                                ByteString.of(filled(20, 0x22)),
                                                Serial.ofHex("0102"))),
                                Optional.empty()));
    }

    @Test
    void a_request_inside_a_larger_buffer_is_read_in_place() {
        byte[] der = plain();
        byte[] buffer = filled(der.length + 9, 0xee);
        System.arraycopy(der, 0, buffer, 4, der.length);

        assertThat(decoder.decode(buffer, 4, der.length)).isEqualTo(decoder.decode(der));
        assertThatThrownBy(() -> decoder.decode(buffer, 4, buffer.length))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "06052b0e03021a, SHA1",
        "0609608648016503040201, SHA256",
        "0609608648016503040202, SHA384",
        "0609608648016503040203, SHA512"
    })
    @Requirement({"CI-03", "CI-07"})
    void every_served_hash_is_read_in_both_parameter_forms(String oid, HashAlgorithm algorithm) {
        CertId absent = only(certId(oid, algorithm.length(), "05"));
        CertId asNull = only(certId(oid + NULL, algorithm.length(), "05"));

        assertThat(absent.hashAlgorithm()).isEqualTo(algorithm);
        assertThat(absent.parameters()).isEqualTo(DigestParameters.ABSENT);
        assertThat(asNull.hashAlgorithm()).isEqualTo(algorithm);
        assertThat(asNull.parameters()).isEqualTo(DigestParameters.NULL);
    }

    @Test
    void the_default_version_may_be_written_out_as_macos_does() {
        byte[] der = request(tbs(hex("a003020100"), ONE));

        assertThat(decoder.decode(der)).isEqualTo(decoder.decode(plain()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a003020101", "a00402020000", "a0020200", "a003040100", "a000"})
    @Requirement("RP-03")
    void any_other_version_is_malformed(String version) {
        assertMalformed(request(tbs(hex(version), ONE)));
    }

    @Test
    @Requirement("CI-08")
    void requestor_name_and_signature_change_nothing() {
        byte[] name = tlv(0xa1, tlv(0xa4, tlv(0x30)));
        byte[] signature = tlv(0xa0, tlv(0x30, filled(300, 0x44)));

        assertThat(decoder.decode(request(tbs(name, ONE)))).isEqualTo(decoder.decode(plain()));
        assertThat(decoder.decode(request(tbs(name, ONE), signature)))
                .isEqualTo(decoder.decode(plain()));
    }

    @Test
    @Requirement("NO-07")
    void extensions_that_are_not_critical_are_ignored() {
        byte[] unknown = extension("2a0304", filled(40, 0x99));
        byte[] preferredAlgorithms = extension("2b0601050507300108", hex("3000"));
        byte[] locator = extension("2b0601050507300107", hex("3000"));
        byte[] explicitlyNot = tlv(0x30, tlv(0x06, hex("2a0305")), hex("010100"), tlv(0x04));

        assertThat(
                        decoder.decode(
                                request(
                                        tbs(
                                                list(
                                                        single(
                                                                sha1CertId("0102"),
                                                                singleExtensions(locator))),
                                                requestExtensions(
                                                        unknown,
                                                        preferredAlgorithms,
                                                        explicitlyNot)))))
                .isEqualTo(decoder.decode(plain()));
        assertThat(decoder.decode(request(tbs(ONE, requestExtensions()))))
                .isEqualTo(decoder.decode(plain()));
    }

    @Test
    @Requirement("NO-07")
    void a_critical_extension_not_understood_is_malformed() {
        byte[] junk = critical("2a0304", filled(3, 0));

        assertMalformed(request(tbs(ONE, requestExtensions(junk))));
        assertMalformed(request(tbs(list(single(sha1CertId("01"), singleExtensions(junk))))));
        // A nonce belongs to the request, so inside a Request it is one more unknown extension.
        byte[] nonce = critical("2b0601050507300102", filled(200, 1));
        assertMalformed(request(tbs(list(single(sha1CertId("01"), singleExtensions(nonce))))));
    }

    @Test
    @Requirement("NO-07")
    void critical_acceptable_responses_are_understood() {
        byte[] basic = tlv(0x30, tlv(0x06, hex("2a0304")), tlv(0x06, hex(BASIC)));
        byte[] others = tlv(0x30, tlv(0x06, hex("2a0304")));

        assertThat(
                        decoder.decode(
                                request(
                                        tbs(
                                                ONE,
                                                requestExtensions(
                                                        critical(ACCEPTABLE_RESPONSES, basic))))))
                .isEqualTo(decoder.decode(plain()));
        assertMalformed(
                request(tbs(ONE, requestExtensions(critical(ACCEPTABLE_RESPONSES, others)))));
    }

    @Test
    void a_repeated_extension_is_malformed() {
        assertMalformed(request(tbs(ONE, requestExtensions(nonce(16), nonce(16)))));
    }

    @Test
    void more_extensions_than_anyone_needs_are_malformed() {
        byte[][] many = new byte[33][];
        for (int i = 0; i < many.length; i++) {
            many[i] = extension("2a03%02x".formatted(i), new byte[0]);
        }

        assertMalformed(request(tbs(ONE, requestExtensions(many))));
        assertThat(decoder.decode(request(tbs(ONE, requestExtensions(Arrays.copyOf(many, 32))))))
                .isInstanceOf(OcspRequest.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 32, 33, 127, 128})
    @Requirement({"NO-02", "NO-03", "NO-05"})
    void a_nonce_of_permitted_length_is_kept(int octets) {
        assertThat(understood(withNonce(octets)).nonce())
                .contains(new Nonce(ByteString.of(filled(octets, 0x55))));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 129, 4000})
    @Requirement("NO-04")
    void a_nonce_of_forbidden_length_is_malformed(int octets) {
        assertMalformed(withNonce(octets));
    }

    @Test
    @Requirement("NO-05")
    void a_nonce_without_its_inner_octet_string_is_treated_as_absent() {
        String oid = "2b0601050507300102";
        byte[] bare = request(tbs(ONE, requestExtensions(extension(oid, filled(16, 0x55)))));

        assertThat(understood(bare).nonce()).isEmpty();
        assertMalformed(request(tbs(ONE, requestExtensions(extension(oid, new byte[0])))));
        assertMalformed(request(tbs(ONE, requestExtensions(extension(oid, filled(129, 0x55))))));
        assertMalformed(request(tbs(ONE, requestExtensions(critical(oid, filled(16, 0x55))))));
    }

    @Test
    @Requirement("RP-04")
    void several_cert_ids_keep_their_order_up_to_the_limit() {
        byte[] one = single(sha1CertId("01"));
        byte[] two = single(certId(SHA256, 32, "02"));

        assertThat(understood(request(tbs(list(one, two, single(sha1CertId("03")))))).certIds())
                .extracting(id -> id.serial().toHex())
                .containsExactly("01", "02", "03");
        assertMalformed(request(tbs(list(one, two, one, two))));
    }

    @Test
    @Requirement("RP-04")
    void a_cert_id_asked_twice_is_one_and_counts_twice_towards_the_limit() {
        byte[] one = single(sha1CertId("01"));
        byte[] otherHash = single(certId(SHA256, 32, "01"));

        assertThat(understood(request(tbs(list(one, one, one)))).certIds()).hasSize(1);
        assertThat(understood(request(tbs(list(one, otherHash, one)))).certIds()).hasSize(2);
        assertMalformed(request(tbs(list(one, one, one, one))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"06082a864886f70d0205", "0609608648016503040204", "06032a0304"})
    @Requirement("CI-10")
    void an_unsupported_hash_is_unauthorized(String oid) {
        assertUnauthorized(request(tbs(list(single(certId(oid + NULL, 16, "01"))))));
        assertUnauthorized(
                request(tbs(list(single(sha1CertId("01")), single(certId(oid, 28, "01"))))));
    }

    @Test
    @Requirement("CI-10")
    void what_is_malformed_is_so_whatever_it_asks() {
        byte[] unsupported = tbs(list(single(certId("06032a0304", 16, "01"))));

        assertMalformed(request(unsupported, hex("0500")));
    }

    @ParameterizedTest
    @CsvSource({"06052b0e03021a, 32", "06052b0e03021a, 0", "0609608648016503040201, 20"})
    void a_hash_of_the_wrong_length_is_malformed(String oid, int length) {
        assertMalformed(request(tbs(list(single(certId(oid, length, "01"))))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "ff", "80", "0080", "7f0102", "ff7f"})
    @Requirement("SS-15")
    void zero_and_negative_serials_are_kept_as_sent(String serial) {
        assertThat(only(sha1CertId(serial)).serial().toHex()).isEqualTo(serial);
    }

    @Test
    @Requirement({"SS-15", "SS-16"})
    void twenty_octets_and_a_sign_octet_are_kept_and_more_are_nobodys() {
        String twenty = "7f".repeat(20);
        String signed = "00" + "ff".repeat(20);

        assertThat(only(sha1CertId(twenty)).serial().toHex()).isEqualTo(twenty);
        assertThat(only(sha1CertId(signed)).serial().toHex()).isEqualTo(signed);
        assertUnauthorized(request(tbs(list(single(sha1CertId("7f".repeat(21)))))));
        assertUnauthorized(request(tbs(list(single(sha1CertId("00" + "ff".repeat(21)))))));
        assertUnauthorized(request(tbs(list(single(sha1CertId("7f".repeat(300)))))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0005", "0000", "ff80", "ffff"})
    void a_serial_that_is_no_der_integer_is_malformed(String serial) {
        assertMalformed(request(tbs(list(single(sha1CertId(serial))))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "30",
                "3000",
                "300030",
                "30023000",
                "300430023000",
                "0500",
                "30800000",
                "308000",
                "3081023000",
                "30820002",
                "3083000002",
                "3084000000023000",
                "30ff",
                "3084ffffffff",
                "3083ffffff",
            })
    @Requirement("RP-03")
    void what_is_no_der_is_malformed(String hex) {
        assertMalformed(hex(hex));
    }

    @Test
    void every_truncation_and_every_addition_is_malformed() {
        byte[] der =
                request(
                        tbs(
                                hex("a003020100"),
                                list(single(certId(SHA1 + NULL, 20, "00ff"))),
                                requestExtensions(nonce(20))));
        for (int length = 0; length < der.length; length++) {
            assertMalformed(Arrays.copyOf(der, length));
        }
        assertMalformed(Arrays.copyOf(der, der.length + 1));
    }

    @Test
    void octets_after_the_end_of_any_part_are_malformed() {
        byte[] junk = hex("0500");
        assertMalformed(request(tbs(ONE, junk)));
        assertMalformed(request(tbs(list(single(sha1CertId("01"), junk)))));
        assertMalformed(request(tbs(ONE), junk));
        assertMalformed(request(tbs(list(single(certId(SHA1 + NULL + NULL, 20, "01"))))));
        assertMalformed(request(tbs(list(single(certId(SHA1 + "040100", 20, "01"))))));
        assertMalformed(request(tbs(list(single(certId(SHA1 + "050100", 20, "01"))))));
        assertMalformed(request(tbs(list(single(certId("0600", 20, "01"))))));
        assertMalformed(request(tbs(list(single(certId("06022a83", 20, "01"))))));
        assertMalformed(request(tbs(list(single(certId("06032a8001", 20, "01"))))));
        byte[] odd = tlv(0x30, tlv(0x06, hex("2a03")), hex("010101"), tlv(0x04));
        assertMalformed(request(tbs(ONE, requestExtensions(odd))));
    }

    private OcspRequest understood(byte[] der) {
        DecodeResult decoded = decoder.decode(der);
        assertThat(decoded).isInstanceOf(OcspRequest.class);
        return (OcspRequest) decoded;
    }

    private CertId only(byte[] certId) {
        return understood(request(tbs(list(single(certId))))).certIds().getFirst();
    }

    private void assertMalformed(byte[] der) {
        assertRejected(der, OcspError.MALFORMED_REQUEST);
    }

    private void assertUnauthorized(byte[] der) {
        assertRejected(der, OcspError.UNAUTHORIZED);
    }

    private void assertRejected(byte[] der, OcspError error) {
        assertThat(decoder.decode(der))
                .isInstanceOfSatisfying(
                        RejectedRequest.class,
                        rejected -> assertThat(rejected.error()).isEqualTo(error));
    }
}
