package org.precertocsp.responder.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.request.Requests.certId;
import static org.precertocsp.responder.request.Requests.critical;
import static org.precertocsp.responder.request.Requests.extension;
import static org.precertocsp.responder.request.Requests.filled;
import static org.precertocsp.responder.request.Requests.hex;
import static org.precertocsp.responder.request.Requests.list;
import static org.precertocsp.responder.request.Requests.nonce;
import static org.precertocsp.responder.request.Requests.request;
import static org.precertocsp.responder.request.Requests.requestExtensions;
import static org.precertocsp.responder.request.Requests.sha1CertId;
import static org.precertocsp.responder.request.Requests.single;
import static org.precertocsp.responder.request.Requests.singleExtensions;
import static org.precertocsp.responder.request.Requests.tbs;
import static org.precertocsp.responder.request.Requests.tlv;
import static org.precertocsp.responder.request.Requests.withNonce;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.ByteRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The usual form is recognised, and a view that is used again reads as a new one does.
final class OcspRequestViewTest {
    private static final byte[] LOCATOR = extension("2b0601050507300107", hex("3000"));
    private static final byte[] CERT_ID = sha1CertId("0102");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00",
                "7f",
                "0080",
                "80",
                "ff7f",
                "00ffffffffffffffffffffffffffffffffffffffff"
            })
    void any_serial_a_certificate_may_have_is_usual(String serial) {
        for (String algorithm : List.of(Requests.SHA1, Requests.SHA1 + Requests.NULL)) {
            assertThat(OcspRequestViewCheck.isUsual(asking(certId(algorithm, 20, serial))))
                    .isTrue();
        }
    }

    @Test
    void every_hash_served_is_usual() {
        assertThat(OcspRequestViewCheck.isUsual(asking(certId(Requests.SHA256, 32, "01"))))
                .isTrue();
        assertThat(OcspRequestViewCheck.isUsual(asking(certId(Requests.SHA384, 48, "01"))))
                .isTrue();
        assertThat(OcspRequestViewCheck.isUsual(asking(certId(Requests.SHA512, 64, "01"))))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 32, 33, 127, 128})
    void a_nonce_is_seen(int octets) {
        OcspRequestView query = new OcspRequestDecoder(new RequestLimits(1)).newView();
        byte[] der = withNonce(octets);

        assertThat(OcspRequestViewCheck.isUsual(der)).isTrue();
        assertThat(query.read(der, 0, der.length)).isTrue();
        assertThat(query.hasNonce()).isTrue();
        byte[] without = Requests.plain();
        assertThat(query.read(without, 0, without.length)).isTrue();
        assertThat(query.hasNonce()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("unusual")
    void other_requests_are_not_of_the_usual_form(byte[] der) {
        assertThat(OcspRequestViewCheck.isUsual(der)).isFalse();
    }

    static Stream<byte[]> unusual() {
        byte[] plain = Requests.plain();
        return Stream.of(
                new byte[0],
                hex("30"),
                hex("3000"),
                Arrays.copyOf(plain, plain.length - 1),
                Arrays.copyOf(plain, plain.length + 1),
                request(tbs(hex("a003020100"), list(single(CERT_ID)))),
                request(tbs(tlv(0xa1, tlv(0xa4, tlv(0x30))), list(single(CERT_ID)))),
                request(tbs(list(single(CERT_ID), single(CERT_ID)))),
                request(tbs(list(single(CERT_ID, singleExtensions(LOCATOR))))),
                request(tbs(list(single(CERT_ID))), tlv(0xa0, tlv(0x30, filled(9, 1)))),
                request(tbs(list(single(CERT_ID)), requestExtensions())),
                withExtensions(LOCATOR),
                withExtensions(nonce(16), LOCATOR),
                withExtensions(critical("2b0601050507300102", tlv(0x04, filled(16, 1)))),
                withExtensions(extension("2b0601050507300102", filled(16, 1))),
                withNonce(0),
                withNonce(129),
                asking(certId("06032a0304", 20, "01")),
                asking(certId(Requests.SHA1 + "050100", 20, "01")),
                asking(certId(Requests.SHA1, 32, "01")),
                asking(sha1CertId("")),
                asking(sha1CertId("0001")),
                asking(sha1CertId("ff80")),
                asking(sha1CertId("01".repeat(21))));
    }

    @Property(tries = 3000)
    void a_used_view_reads_a_damaged_request_as_a_new_one_does(
            @ForAll("requests") byte[] der,
            @ForAll @IntRange(max = 400) int at,
            @ForAll @ByteRange(min = Byte.MIN_VALUE) byte octet,
            @ForAll @IntRange(max = 3) int damage) {
        OcspRequestViewCheck.isUsual(damaged(der, at % der.length, octet, damage));
    }

    @Provide
    Arbitrary<byte[]> requests() {
        Arbitrary<byte[]> certIds =
                Combinators.combine(
                                Arbitraries.of(Requests.SHA1, Requests.SHA1 + Requests.NULL),
                                Arbitraries.of("01", "0080", "00".repeat(2), "01".repeat(20)))
                        .as((algorithm, serial) -> certId(algorithm, 20, serial));
        Arbitrary<byte[]> longCertIds =
                Arbitraries.of("01", "0080")
                        .flatMap(
                                serial ->
                                        Arbitraries.of(
                                                certId(Requests.SHA256, 32, serial),
                                                certId(Requests.SHA512 + "0500", 64, serial)));
        Arbitrary<byte[]> extensions =
                Arbitraries.of(
                        new byte[0],
                        requestExtensions(nonce(16)),
                        requestExtensions(nonce(128)),
                        requestExtensions(LOCATOR));
        return Combinators.combine(Arbitraries.oneOf(certIds, longCertIds), extensions)
                .as((certId, more) -> request(tbs(list(single(certId)), more)));
    }

    private static byte[] damaged(byte[] der, int at, byte octet, int damage) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(der, 0, at);
        switch (damage) {
            case 0 -> out.write(der[at] ^ octet);
            case 1 -> out.write(octet);
            case 2 -> {
                out.write(octet);
                out.write(der[at]);
            }
            default -> {}
        }
        out.write(der, at + 1, der.length - at - 1);
        return out.toByteArray();
    }

    private static byte[] asking(byte[] certId) {
        return request(tbs(list(single(certId))));
    }

    private static byte[] withExtensions(byte[]... extensions) {
        return request(tbs(list(single(CERT_ID)), requestExtensions(extensions)));
    }
}
