package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.TestChanges;

/// Bytes that nodes of other versions read. If a golden one fails, the format changed: give it a
/// new number and keep reading the old one.
final class ResponseRecordTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private static final ByteString ECDSA =
            ByteString.of(
                    EcdsaSignatureCodec.der(
                            HEX.parseHex("01" + "00".repeat(31) + "02" + "00".repeat(31))));

    private static ResponseRecord good(String serial) {
        return new ResponseRecord(
                3,
                Serial.ofHex(serial),
                HashAlgorithm.SHA256,
                DigestParameters.ABSENT,
                new CertStatus.Good(),
                ValidityWindow.from(NOON, Duration.ofDays(2)),
                7,
                ECDSA);
    }

    private static ResponseRecord revoked() {
        return new ResponseRecord(
                0x1234,
                Serial.of(BigInteger.valueOf(200)),
                HashAlgorithm.SHA1,
                DigestParameters.NULL,
                new CertStatus.Revoked(
                        Instant.parse("2026-11-20T08:00:00Z"),
                        Optional.of(RevocationReason.KEY_COMPROMISE)),
                ValidityWindow.from(NOON, Duration.ofHours(8)),
                300,
                ByteString.of((byte) 0xab, (byte) 0xcd));
    }

    private static void golden(ResponseRecord record, String hex) {
        String bytes = hex.replace(" ", "");
        assertThat(HEX.formatHex(record.encode())).isEqualTo(bytes);
        assertThat(ResponseRecord.decode(HEX.parseHex(bytes))).isEqualTo(record);
    }

    @Test
    void bytes_of_records_stay_as_they_are() {
        golden(
                good("5a21"),
                "05 0003 5a21 03 30 006b0187c0 80c60a 07 01 "
                        + "00".repeat(31)
                        + "02"
                        + "00".repeat(31));
        golden(revoked(), "05 1234 00c8 00 21 01 006afffe00 006b0187c0 80e101 ac02 abcd");
    }

    @Test
    void a_good_p256_response_takes_94_to_98_octets() {
        assertThat(good("11".repeat(16)).encode()).hasSize(94);
        assertThat(good("11".repeat(20)).encode()).hasSize(98);
    }

    @Test
    void a_stored_response_comes_back() {
        var stored = TestResponses.good(TestChanges.KEY);

        ResponseRecord record = ResponseRecord.decode(ResponseRecord.of(stored, 1, 2).encode());

        assertThat(record.resolve(TestChanges.KEY.issuer(), TestResponses.TEMPLATE))
                .isEqualTo(stored);
        assertThat(record.isOf(stored.key())).isTrue();
        assertThat(
                        record.isOf(
                                TestResponses.usual(
                                        new SerialKey(
                                                TestChanges.KEY.issuer(), Serial.ofHex("77")))))
                .isFalse();
    }

    @Test
    void a_node_stores_key_and_row_as_they_came() {
        ResponseRecord record = good("5a21");
        byte[] bytes = record.encode();
        byte[] key = RowKeys.response(3, record.serial(), 3);

        assertThat(Arrays.copyOfRange(bytes, 1, 1 + key.length)).isEqualTo(key);
        assertThat(Arrays.copyOfRange(bytes, 1 + key.length, bytes.length))
                .isEqualTo(
                        ResponseCodec.encode(
                                record.resolve(TestChanges.KEY.issuer(), TestResponses.TEMPLATE),
                                7));
    }

    @ParameterizedTest
    @CsvSource({
        "no key, '', not a number",
        "a key without a serial, 03 0003 03, a key of 3 bytes",
        "a padded serial, 05 0003 0021 03 30 006b0187c0 80c60a 07 0102, padded",
        "a form of no hash, 04 0003 5a 08 30 006b0187c0 80c60a 07 0102, form 8",
        "a negative form, 04 0003 5a 80 30 006b0187c0 80c60a 07 0102, form -128",
        "an unknown format, 04 0003 5a 03 50 006b0187c0 80c60a 07 0102, format 2",
        "an unknown flag, 04 0003 5a 03 32 006b0187c0 80c60a 07 0102, header 50",
        "an unknown reason, 04 0003 5a 03 31 0b 006b0187c0 006b0187c0 80c60a 07 0102, reason 11",
        "an empty window, 04 0003 5a 03 30 006b0187c0 00 07 0102, empty window",
        "a long number, 04 0003 5a 03 30 006b0187c0 80c68a00 07 0102, a number",
        "no signature, 04 0003 5a 03 30 006b0187c0 80c60a 07, a signature of 0",
        "half a signature, 04 0003 5a 03 30 006b0187c0 80c60a 07 010203, a signature of 3",
        "zeros before both numbers, 04 0003 5a 03 30 006b0187c0 80c60a 07 00010002, shortest",
        "DER that could be shorter, 04 0003 5a 03 20 006b0187c0 80c60a 07 3006020101020102, shortest"
    })
    void what_is_not_exactly_one_record_is_refused(String what, String hex, String why) {
        assertThatThrownBy(() -> ResponseRecord.decode(HEX.parseHex(hex.replace(" ", ""))))
                .as(what)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(why);
    }

    static Stream<byte[]> seeds() {
        return Stream.of(good("5a21").encode(), revoked().encode());
    }
}
