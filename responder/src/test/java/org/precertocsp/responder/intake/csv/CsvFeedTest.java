package org.precertocsp.responder.intake.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.CountingSink;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.Place;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.intake.TestFeed;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

final class CsvFeedTest {
    private static final FedIssuer CA =
            TestFeed.issuer("ca", TestCa.root("CSV Root"), IssuerProfile.TLS);
    private static final FedIssuer OTHER =
            TestFeed.issuer("other", TestCa.root("Other Root"), IssuerProfile.PRIVATE);
    private static final FedIssuer.Directory ISSUERS = new FedIssuer.Directory(List.of(CA, OTHER));

    @TempDir Path directory;

    @Test
    @Requirement("SS-01")
    void good_rows_assign_and_revoked_rows_also_revoke() throws Exception {
        RecordingSink sink =
                load(
                        Optional.of(CA),
                        """
                        serial,status,revocation_date,reason,invalidity_date,not_after
                        0x00:ff:01,good,,,,2027-01-01
                        abc,REVOKED,2026-03-01T12:00:00+01:00,keyCompromise,2026-02-01T00:00:00Z,2027-01-01T00:00:00.5Z
                        """);

        Optional<Instant> notAfter = Optional.of(Instant.parse("2027-01-01T00:00:00Z"));
        assertThat(sink.refusals()).isEmpty();
        assertThat(sink.changes().getFirst())
                .isEqualTo(
                        new StatusChange.Assign(
                                key(CA, "ff01"),
                                AssignedBy.DECLARATION,
                                notAfter,
                                Optional.empty()));
        assertThat(sink.changes().get(1)).isInstanceOf(StatusChange.Assign.class);
        assertThat(sink.changes().get(2))
                .isInstanceOfSatisfying(
                        StatusChange.Revoke.class,
                        revoke -> {
                            assertThat(revoke.key()).isEqualTo(key(CA, "0abc"));
                            assertThat(revoke.revocation())
                                    .isEqualTo(
                                            new Revocation(
                                                    Instant.parse("2026-03-01T11:00:00Z"),
                                                    RevocationReason.KEY_COMPROMISE,
                                                    Optional.of(
                                                            Instant.parse(
                                                                    "2026-02-01T00:00:00Z"))));
                        });
        assertThat(sink.changes()).hasSize(3);
    }

    @Test
    void semicolons_quotes_byte_order_mark_windows_lines_and_any_column_order() throws Exception {
        RecordingSink sink =
                load(
                        Optional.empty(),
                        "\ufeff\"Status\"; ISSUER ;Serial_Decimal\r\n\"good\";\"ca\";\"255\"\r\n\r\ngood;other;-1\r\n");

        assertThat(sink.refusals()).isEmpty();
        assertThat(sink.changes())
                .extracting(StatusChange::key)
                .containsExactly(key(CA, "ff"), key(OTHER, "-1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "serial,state| unknown column 'state'",
                "serial,status,| unknown column ''",
                "serial,status,status| twice",
                "status| exactly one of the columns serial",
                "serial,serial_hex,status| exactly one",
                "serial| status is required",
                "''| empty",
            })
    void a_header_that_is_not_understood_refuses_the_file(String header, String why) {
        assertThatThrownBy(() -> load(Optional.of(CA), header + "\n01,good\n".substring(0, 1)))
                .isInstanceOf(FeedRefused.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.23E+15,good,,| rounded by a spreadsheet",
                "xyz,good,,| not a hexadecimal serial",
                ",good,,| serial is empty",
                "010101010101010101010101010101010101010101,good,,| 20 octets",
                "01,fine,,| neither good nor revoked",
                "01,,,| neither good nor revoked",
                "01,good,2026-01-01,| which is it",
                "01,good,,keyCompromise| which is it",
                "01,revoked,,| without a revocation_date",
                "01,revoked,2026-01-01T00:00:00,| append Z",
                "01,revoked,01/02/2026,| ISO 8601",
                "01,revoked,2026-02-30,| ISO 8601",
                "01,revoked,2026-02-10T25:00:00Z,| ISO 8601",
                "01,revoked,2026-01-01,keyCompromized| neither a name nor a number",
                "01,revoked,2026-01-01,7| neither a name nor a number",
                "01,revoked,2026-01-01,removeFromCRL| CR-09",
                "01,good| 2 values where the header has 4",
                "01,good,,,,| 6 values where the header has 4",
            })
    void a_row_that_is_not_understood_is_refused_alone(String row, String why) throws Exception {
        RecordingSink sink =
                load(
                        Optional.of(CA),
                        "serial,status,revocation_date,reason\n0a,good,,\n"
                                + row
                                + "\n0b,good,,\n");

        assertThat(sink.changes())
                .extracting(change -> change.key().serial().toHex())
                .containsExactly("0a", "0b");
        assertThat(sink.refusals())
                .singleElement()
                .satisfies(
                        refusal -> {
                            assertThat(refusal.place()).isEqualTo(new Place.Line(3));
                            assertThat(refusal.text()).contains(why);
                        });
    }

    @Test
    void the_issuer_comes_from_the_row_or_the_load_and_both_must_agree() throws Exception {
        RecordingSink sink =
                load(
                        Optional.of(CA),
                        "serial,status,issuer\n0a,good,\n0b,good,ca\n0c,good,other\n0d,good,typo\n");

        assertThat(sink.changes())
                .extracting(StatusChange::key)
                .containsExactly(key(CA, "0a"), key(CA, "0b"));
        assertThat(sink.refusals())
                .extracting(RecordingSink.Report::text)
                .satisfiesExactly(
                        other -> assertThat(other).contains("'other'", "names 'ca'"),
                        typo -> assertThat(typo).contains("'typo' is not in the configuration"));
        assertThatThrownBy(() -> load(Optional.empty(), "serial,status\n0a,good\n"))
                .hasMessageContaining("--issuer");
        assertThat(load(Optional.empty(), "serial,status,issuer\n0a,good,\n").refusals())
                .hasSize(1);
    }

    @Test
    @Requirement("CR-08")
    void a_forbidden_reason_is_withheld_as_in_crls() throws Exception {
        RecordingSink sink =
                load(
                        Optional.of(CA),
                        "serial,status,revocation_date,reason\n0a,revoked,2026-01-01,6\n");

        assertThat(((StatusChange.Revoke) sink.changes().getLast()).revocation().reason())
                .isEqualTo(RevocationReason.UNSPECIFIED);
        assertThat(sink.warnings().getFirst().text()).contains("CR-08");
    }

    @Test
    void decimals_under_a_hexadecimal_name_are_found_out() throws Exception {
        String rows =
                """
                12345678901234567890,good
                98765432109876543210,good
                11223344556677889900,good
                55667788990011223344,good
                """;

        assertThatThrownBy(() -> load(Optional.of(CA), "serial,status\n" + rows))
                .isInstanceOf(FeedRefused.class)
                .hasMessageContaining("serial_decimal");
        assertThat(load(Optional.of(CA), "serial_hex,status\n" + rows).changes()).hasSize(4);
        assertThat(load(Optional.of(CA), "serial_decimal,status\n" + rows).changes().getFirst())
                .extracting(change -> change.key().serial().toHex())
                .isEqualTo("00ab54a98ceb1f0ad2");
        assertThat(load(Optional.of(CA), "serial,status\n" + rows + "0c,good\n").changes())
                .hasSize(5);
    }

    @Test
    void a_decimal_a_spreadsheet_cut_is_refused() throws Exception {
        assertThat(
                        load(
                                        Optional.of(CA),
                                        "serial_decimal,status\n12345678901234500000000,good\n")
                                .refusals()
                                .getFirst()
                                .text())
                .contains("spreadsheets");
    }

    @Test
    void a_quote_left_open_refuses_the_file_since_it_swallows_rows() {
        assertThatThrownBy(
                        () ->
                                load(
                                        Optional.of(CA),
                                        "serial,status\n\"0a,good\n0b,good\n\"0c,good\n"))
                .isInstanceOf(FeedRefused.class);
        assertThatThrownBy(() -> load(Optional.of(CA), "serial,status\n0a,good\n0b,\"good\n"))
                .isInstanceOf(FeedRefused.class);
        assertThatThrownBy(() -> load(Optional.of(CA), "serial,status\n\"0a\n0b\",good\n"))
                .hasMessageContaining("line 2");
    }

    @Test
    void utf_16_is_refused_with_the_remedy() {
        byte[] utf16 = "serial,status\n0a,good\n".getBytes(StandardCharsets.UTF_16);

        assertThatThrownBy(() -> load(Optional.of(CA), utf16)).hasMessageContaining("UTF-8");
    }

    @Test
    void latin_1_is_refused_with_the_remedy() {
        byte[] latin = "serial,status\n0a,g\u00fct\n".getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> load(Optional.of(CA), latin)).hasMessageContaining("UTF-8");
    }

    @Test
    void a_huge_value_is_refused_without_being_held() {
        assertThatThrownBy(
                        () ->
                                load(
                                        Optional.of(CA),
                                        "serial,status\n" + "a".repeat(1 << 20) + ",good\n"))
                .isInstanceOf(FeedRefused.class);
    }

    @Test
    @Timeout(180)
    void many_rows_pass_through() throws Exception {
        Path file = directory.resolve("big.csv");
        int rows = 200_000;
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            writer.write("serial,status,revocation_date,reason,not_after\n");
            for (int i = 0; i < rows; i++) {
                writer.write("4c0ffee0badc0ffee%015x".formatted(i));
                writer.write(",revoked,2026-03-01T12:00:00Z,superseded,2027-03-01T12:00:00Z\n");
            }
        }
        CountingSink sink = new CountingSink();

        new CsvFeed(ISSUERS).read(TestFeed.file(file, Optional.of(CA)), sink);

        assertThat(sink.count()).isEqualTo(2L * rows);
    }

    private RecordingSink load(Optional<FedIssuer> issuer, String text) throws Exception {
        return load(issuer, text.getBytes(StandardCharsets.UTF_8));
    }

    private RecordingSink load(Optional<FedIssuer> issuer, byte[] content)
            throws IOException, FeedRefused {
        Path file = Files.write(directory.resolve("test.csv"), content);
        RecordingSink sink = new RecordingSink();
        new CsvFeed(ISSUERS).read(TestFeed.file(file, issuer), sink);
        return sink;
    }

    private static SerialKey key(FedIssuer issuer, String hex) {
        return new SerialKey(issuer.key(), Serial.ofHex(hex));
    }
}
