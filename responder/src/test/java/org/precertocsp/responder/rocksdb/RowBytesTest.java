package org.precertocsp.responder.rocksdb;

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
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.CommitMark;
import org.precertocsp.responder.status.Commitment;
import org.precertocsp.responder.status.CrlHead;
import org.precertocsp.responder.status.Facts;
import org.precertocsp.responder.status.FeedSource;
import org.precertocsp.responder.status.LogHead;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreFailure;

/// Bytes already on operators' disks. If one of these fails, the format changed: give it a new
/// number and keep reading the old one.
final class RowBytesTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final Instant AT = Instant.ofEpochSecond(0x6b8b4567L);
    private static final Instant END = Instant.ofEpochSecond(0x0123456789L);
    private static final Commitment DOCUMENT =
            new Commitment(Octets.ofHex("c0c1"), Octets.ofHex("d0d1d2"));

    private static void golden(StatusRecord record, String hex) {
        assertThat(HEX.formatHex(StatusBytes.encode(record))).isEqualTo(hex.replace(" ", ""));
        assertThat(StatusBytes.decode(StatusBytes.encode(record))).isEqualTo(record);
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

        for (int origin : new int[] {StatusBytes.NO_ORIGIN, 7}) {
            byte[] bytes = StatusBytes.encode(ca, origin);
            assertThat(StatusBytes.decode(bytes)).isEqualTo(ca).isNotEqualTo(plain);
            assertThat(StatusBytes.origin(bytes)).isEqualTo(origin);
            assertThat(Arrays.copyOfRange(bytes, 1, bytes.length))
                    .isEqualTo(
                            Arrays.copyOfRange(StatusBytes.encode(plain, origin), 1, bytes.length));
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
                                Rows.evidence(
                                        List.of(
                                                new Rows.Evidence(
                                                        AssignedBy.DECLARATION,
                                                        Optional.empty(),
                                                        7),
                                                new Rows.Evidence(
                                                        AssignedBy.CERTIFICATE,
                                                        Optional.of(DOCUMENT),
                                                        8)))))
                .isEqualTo("01" + "0300000007" + "0a00000008" + "02c0c1" + "03d0d1d2");
        assertThat(HEX.formatHex(Rows.conflicts(List.of(new Rows.Conflict("why", DOCUMENT, 9)))))
                .isEqualTo("01" + "00000009" + "03776879" + "02c0c1" + "03d0d1d2");
        assertThat(HEX.formatHex(Rows.event("é"))).isEqualTo("01" + "02c3a9");
        assertThat(HEX.formatHex(Rows.source(new FeedSource("crl", "f", Octets.ofHex("ab"), AT))))
                .isEqualTo("01" + "0363726c" + "0166" + "01ab" + "006b8b4567");
        assertThat(
                        HEX.formatHex(
                                Rows.crlHead(
                                        new CrlHead(
                                                Optional.of(BigInteger.valueOf(255)),
                                                AT,
                                                Octets.ofHex("ab")))))
                .isEqualTo("01" + "01" + "0200ff" + "006b8b4567" + "01ab");
        LogHead head =
                new LogHead(
                        7,
                        (1L << 32) + 1,
                        Octets.ofHex("ab"),
                        List.of(Octets.ofHex("cd"), Octets.ofHex("ef")),
                        AT);
        assertThat(HEX.formatHex(Rows.logHead(head)))
                .isEqualTo(
                        "01"
                                + "0000000000000007"
                                + "0000000100000001"
                                + "01ab"
                                + "006b8b4567"
                                + "01cd01ef");
        assertThat(Rows.logHead(Rows.logHead(head))).isEqualTo(head);
        CommitMark mark = new CommitMark(7, Octets.ofHex("ab"));
        assertThat(HEX.formatHex(CommitMarkRow.encode(mark)))
                .isEqualTo("01" + "0000000000000007" + "01ab");
        assertThat(CommitMarkRow.decode(CommitMarkRow.encode(mark))).isEqualTo(mark);
    }

    @Test
    @Requirement("SS-16")
    void keys_stay_as_they_are_and_keep_leading_zeros() {
        Serial serial = Serial.ofDerContent(new byte[] {0, (byte) 0x80});

        assertThat(HEX.formatHex(Keys.serial(0x0102, serial))).isEqualTo("0102" + "0080");
        assertThat(HEX.formatHex(Keys.history(0x0102, serial, 3, 4)))
                .isEqualTo("0102" + "02" + "0080" + "00000003" + "00000004");
        assertThat(Keys.sourceIn(Keys.history(0x0102, serial, 3, 4))).isEqualTo(3);
        assertThat(HEX.formatHex(Keys.crlHead(0x0102, "a"))).isEqualTo("0102" + "61");
        assertThat(HEX.formatHex(Keys.logHead(Octets.ofHex("ab"))))
                .isEqualTo("6c6f67206865616420" + "ab");
        assertThat(HEX.formatHex(CommitMarkRow.FORMER_KEY))
                .isEqualTo("6c6f67206865616420" + Facts.sha256("precert-ocsp audit set").toHex());
    }

    @Test
    void long_texts_come_back() {
        for (int length : new int[] {0, 127, 128, 16_383, 16_384, 100_000}) {
            String text = "x".repeat(length);
            assertThat(Rows.event(Rows.event(text))).isEqualTo(text);
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
        assertThatThrownBy(() -> StatusBytes.decode(bytes))
                .isInstanceOf(StoreFailure.class)
                .hasMessageContaining("status row");
    }

    @Property(tries = 2000)
    void any_bytes_are_one_status_or_a_failure(@ForAll @Size(max = 20) byte[] bytes) {
        try {
            StatusRecord record = StatusBytes.decode(bytes);
            assertThat(StatusBytes.encode(record, StatusBytes.origin(bytes))).isEqualTo(bytes);
        } catch (StoreFailure e) {
            assertThat(e).hasMessageContaining("status row");
        }
    }

    @Property(tries = 1000)
    void any_bytes_are_a_row_or_a_failure(@ForAll @Size(max = 40) byte[] bytes) {
        byte[] formatted = Arrays.copyOf(bytes, bytes.length + 1);
        formatted[0] = 1;
        for (Runnable reading :
                List.<Runnable>of(
                        () -> Rows.evidence(formatted),
                        () -> Rows.conflicts(formatted),
                        () -> Rows.event(formatted),
                        () -> Rows.source(formatted),
                        () -> Rows.crlHead(formatted))) {
            try {
                reading.run();
            } catch (StoreFailure e) {
                assertThat(e).hasMessageContaining("row");
            }
        }
    }
}
