package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.CertificateFingerprint;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.CommitMark;
import org.precertocsp.responder.status.CtLogPosition;
import org.precertocsp.responder.status.LatestCrl;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.TestChanges;

/// Bytes already on operators' disks. If one of these fails, the format changed: give it a new
/// number and keep reading the old one.
final class RecordCodecTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final Instant AT = Instant.ofEpochSecond(0x6b8b4567L);
    private static final Instant END = Instant.ofEpochSecond(0x0123456789L);
    private static final CertificateFingerprint DOCUMENT =
            new CertificateFingerprint(ByteString.ofHex("c0c1"), ByteString.ofHex("d0d1d2"));

    private static void golden(StatusRecord record, String hex) {
        assertThat(HEX.formatHex(StatusCodec.encode(record, StatusCodec.NO_ORIGIN)))
                .isEqualTo(hex.replace(" ", ""));
        assertThat(StatusCodec.decode(StatusCodec.encode(record, StatusCodec.NO_ORIGIN)))
                .isEqualTo(record);
    }

    private static StatusRecord good(AssignedBy by, Instant notAfter) {
        return new StatusRecord.Assigned(by, Optional.of(notAfter), Optional.empty());
    }

    private static StatusRecord revoked(
            Optional<Instant> notAfter, RevocationReason reason, Optional<Instant> invalid) {
        return new StatusRecord.Assigned(
                AssignedBy.REVOCATION, notAfter, Optional.of(new Revocation(AT, reason, invalid)));
    }

    @Test
    void a_ca_certificate_has_a_format_of_its_own_with_and_without_origin() {
        StatusRecord.Assigned plain =
                new StatusRecord.Assigned(
                        AssignedBy.CERTIFICATE, Optional.of(AT), Optional.empty());
        StatusRecord.Assigned ca =
                new StatusRecord.Assigned(
                        AssignedBy.CERTIFICATE, Optional.of(AT), Optional.empty(), true);

        for (int origin : new int[] {StatusCodec.NO_ORIGIN, 7}) {
            byte[] bytes = StatusCodec.encode(ca, origin);
            assertThat(StatusCodec.decode(bytes)).isEqualTo(ca).isNotEqualTo(plain);
            assertThat(StatusCodec.origin(bytes)).isEqualTo(origin);
            assertThat(Arrays.copyOfRange(bytes, 1, bytes.length))
                    .isEqualTo(
                            Arrays.copyOfRange(StatusCodec.encode(plain, origin), 1, bytes.length));
        }
    }

    @Test
    void status_bytes_stay_as_they_are() {
        golden(new StatusRecord.Announced(AT), "20 006b8b4567");
        golden(good(AssignedBy.PRECERTIFICATE, AT), "29 006b8b4567");
        golden(good(AssignedBy.CERTIFICATE, END), "2a 0123456789");
        golden(good(AssignedBy.DECLARATION, Instant.ofEpochSecond(-2)), "2b fffffffffe");
        golden(
                new StatusRecord.Assigned(
                        AssignedBy.PRECERTIFICATE, Optional.empty(), Optional.empty()),
                "21");
        golden(
                revoked(Optional.empty(), RevocationReason.UNSPECIFIED, Optional.empty()),
                "34 00 006b8b4567");
        golden(
                revoked(Optional.of(END), RevocationReason.KEY_COMPROMISE, Optional.empty()),
                "3c 01 006b8b4567 0123456789");
        golden(
                revoked(
                        Optional.of(END),
                        RevocationReason.AA_COMPROMISE,
                        Optional.of(Instant.EPOCH)),
                "3c 8a 006b8b4567 0000000000 0123456789");
        assertThat(AT).isEqualTo(Instant.parse("2027-03-05T23:29:43Z"));
    }

    @Test
    void other_rows_stay_as_they_are() {
        assertThat(
                        HEX.formatHex(
                                RecordCodec.evidence(
                                        List.of(
                                                new RecordCodec.Evidence(
                                                        AssignedBy.DECLARATION,
                                                        Optional.empty(),
                                                        7),
                                                new RecordCodec.Evidence(
                                                        AssignedBy.CERTIFICATE,
                                                        Optional.of(DOCUMENT),
                                                        8)))))
                .isEqualTo("01" + "0300000007" + "0a00000008" + "02c0c1" + "03d0d1d2");
        assertThat(
                        HEX.formatHex(
                                RecordCodec.conflicts(
                                        List.of(new RecordCodec.Conflict("why", DOCUMENT, 9)))))
                .isEqualTo("01" + "00000009" + "03776879" + "02c0c1" + "03d0d1d2");
        assertThat(HEX.formatHex(RecordCodec.event("é"))).isEqualTo("01" + "02c3a9");
        assertThat(
                        HEX.formatHex(
                                RecordCodec.source(
                                        new ChangeSource("crl", "f", ByteString.ofHex("ab"), AT))))
                .isEqualTo("01" + "0363726c" + "0166" + "01ab" + "006b8b4567");
        assertThat(
                        HEX.formatHex(
                                RecordCodec.crlHead(
                                        new LatestCrl(
                                                Optional.of(BigInteger.valueOf(255)),
                                                AT,
                                                ByteString.ofHex("ab")))))
                .isEqualTo("01" + "01" + "0200ff" + "006b8b4567" + "01ab");
        CtLogPosition head =
                new CtLogPosition(
                        7,
                        (1L << 32) + 1,
                        ByteString.ofHex("ab"),
                        List.of(ByteString.ofHex("cd"), ByteString.ofHex("ef")),
                        AT);
        assertThat(HEX.formatHex(RecordCodec.logHead(head)))
                .isEqualTo(
                        "01"
                                + "0000000000000007"
                                + "0000000100000001"
                                + "01ab"
                                + "006b8b4567"
                                + "01cd01ef");
        assertThat(RecordCodec.logHead(RecordCodec.logHead(head))).isEqualTo(head);
        CommitMark mark = new CommitMark(7, ByteString.ofHex("ab"));
        assertThat(HEX.formatHex(CommitMarkCodec.encode(mark)))
                .isEqualTo("01" + "0000000000000007" + "01ab");
        assertThat(CommitMarkCodec.decode(CommitMarkCodec.encode(mark))).isEqualTo(mark);
    }

    @Test
    @Requirement("SS-16")
    void keys_stay_as_they_are_and_keep_leading_zeros() {
        Serial serial = Serial.ofDerContent(new byte[] {0, (byte) 0x80});

        assertThat(HEX.formatHex(RowKeys.serial(0x0102, serial))).isEqualTo("0102" + "0080");
        assertThat(HEX.formatHex(RowKeys.history(0x0102, serial, 3, 4)))
                .isEqualTo("0102" + "02" + "0080" + "00000003" + "00000004");
        assertThat(RowKeys.sourceIn(RowKeys.history(0x0102, serial, 3, 4))).isEqualTo(3);
        assertThat(HEX.formatHex(RowKeys.crlHead(0x0102, "a"))).isEqualTo("0102" + "61");
        assertThat(HEX.formatHex(RowKeys.logHead(ByteString.ofHex("ab"))))
                .isEqualTo("6c6f67206865616420" + "ab");
        assertThat(HEX.formatHex(CommitMarkCodec.FORMER_KEY))
                .isEqualTo(
                        "6c6f67206865616420"
                                + TestChanges.sha256("precert-ocsp audit set").toHex());
    }

    @Test
    void long_texts_come_back() {
        for (int length : new int[] {0, 127, 128, 16_383, 16_384, 100_000}) {
            String text = "x".repeat(length);
            assertThat(RecordCodec.event(RecordCodec.event(text))).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "40006b8b4567",
                "20",
                "20006b8b45",
                "20006b8b456700",
                "24",
                "25",
                "28006b8b4567",
                "30",
                "3107006b8b4567",
                "310b006b8b4567",
                "3141006b8b4567",
                "3181006b8b4567"
            })
    void bytes_that_are_no_status_are_failures(String hex) {
        byte[] bytes = HEX.parseHex(hex);
        assertThatThrownBy(() -> StatusCodec.decode(bytes))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("status row");
    }

    @Property(tries = 2000)
    void any_bytes_are_one_status_or_a_failure(@ForAll @Size(max = 20) byte[] bytes) {
        try {
            StatusRecord record = StatusCodec.decode(bytes);
            assertThat(StatusCodec.encode(record, StatusCodec.origin(bytes))).isEqualTo(bytes);
        } catch (StoreException e) {
            assertThat(e).hasMessageContaining("status row");
        }
    }

    @Property(tries = 1000)
    void any_bytes_are_a_row_or_a_failure(@ForAll @Size(max = 40) byte[] bytes) {
        byte[] formatted = Arrays.copyOf(bytes, bytes.length + 1);
        formatted[0] = 1;
        for (Runnable reading :
                List.<Runnable>of(
                        () -> RecordCodec.evidence(formatted),
                        () -> RecordCodec.conflicts(formatted),
                        () -> RecordCodec.event(formatted),
                        () -> RecordCodec.source(formatted),
                        () -> RecordCodec.crlHead(formatted))) {
            try {
                reading.run();
            } catch (StoreException e) {
                assertThat(e).hasMessageContaining("row");
            }
        }
    }
}
