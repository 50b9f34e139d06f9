package org.precertocsp.responder.intake.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.CountingSink;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.LoadOptions;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.intake.SourceLocation;
import org.precertocsp.responder.intake.TestFeed;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

final class CsvFeedTest {
    private static final ConfiguredIssuer CA =
            TestFeed.issuer("ca", TestCa.root("CSV Root"), IssuerProfile.TLS);
    private static final ConfiguredIssuer OTHER =
            TestFeed.issuer("other", TestCa.root("Other Root"), IssuerProfile.PRIVATE);
    private static final ConfiguredIssuer.Directory ISSUERS =
            new ConfiguredIssuer.Directory(List.of(CA, OTHER));

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
                        rows(
                                "\ufeff\"Status\"; ISSUER ;Serial_Decimal",
                                "\"good\";\"ca\";\"255\"",
                                "",
                                "good;other;-1"));

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
                "serial,status,status| twice",
                "status| exactly one of the columns serial",
                "serial,serial_hex,status| exactly one",
                "serial| status is required",
                "''| empty",
            })
    void a_header_that_is_not_understood_refuses_the_file(String header, String why) {
        assertThatThrownBy(() -> load(Optional.of(CA), header + "\n01,good\n".substring(0, 1)))
                .isInstanceOf(FeedRejectedException.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.23E+15,good,,| rounded by a spreadsheet",
                "xyz,good,,| not a hexadecimal serial",
                ",good,,| serial is empty",
                "010101010101010101010101010101010101010101,good,,| 20 bytes",
                "01,fine,,| neither good nor revoked",
                "01,,,| neither good nor revoked",
                "01,good,2026-01-01,| which is it",
                "01,good,,keyCompromise| which is it",
                "01,revoked,2026-01-01,removeFromCRL| CR-09",
                "01,good,,,x,y| 6 values where the header has 4",
                "\uff23\uff21\uff10,good,,| \\uff23\\uff21",
                "21,21,,| neither good nor revoked",
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
                            assertThat(refusal.place()).isEqualTo(new SourceLocation.Line(3));
                            assertThat(refusal.text()).contains(why);
                        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "05,revoked,2026-05-01,superseded,more| 05",
                "05,revoked,,\"Key\",Compromise,,,| 05",
            })
    void a_value_too_many_behind_the_status_does_not_stop_a_revocation(String row, String serial)
            throws Exception {
        RecordingSink sink =
                load(Optional.of(CA), "serial,status,revocation_date,reason\n" + row + "\n");

        assertThat(sink.refusals()).isEmpty();
        assertThat(sink.changes())
                .filteredOn(StatusChange.Revoke.class::isInstance)
                .extracting(StatusChange::key)
                .containsExactly(key(CA, serial));
        assertThat(sink.warnings()).anyMatch(it -> it.text().contains("values where the header"));
    }

    @Test
    void a_value_too_many_before_the_serial_refuses_the_row() throws Exception {
        RecordingSink sink =
                load(Optional.of(CA), "status,reason,serial\nrevoked,1,0,05\nrevoked,1,06\n");

        assertThat(sink.changes()).extracting(StatusChange::key).containsOnly(key(CA, "06"));
        assertThat(sink.refusals()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "05,true,2026-05-01,",
                "05,1,,keyCompromise",
                "05,onHold,,",
                "05,revoke,,",
                "05,Suspended,,",
                "05,21,2026-05-01,"
            })
    void a_status_that_may_mean_revoked_is_told_as_a_refused_revocation(String row)
            throws Exception {
        RecordingSink sink =
                load(Optional.of(CA), "serial,status,revocation_date,reason\n" + row + "\n");

        assertThat(sink.changes()).isEmpty();
        assertThat(sink.refusedRevocations()).containsExactly(key(CA, "05"));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-05-01 12:00:00, 2026-05-01T12:00:00Z",
        "2026-05-01T12:00:00.123Z, 2026-05-01T12:00:00Z",
        "2026-05-01T12:00:00+0100, 2026-05-01T11:00:00Z",
        "2026-05-01T12:00Z, 2026-05-01T12:00:00Z",
        "2026-05-01t12:00:00z, 2026-05-01T12:00:00Z",
        "20260501, 2026-05-01T00:00:00Z",
        "1777636800, 2026-05-01T12:00:00Z",
        "01.11.2026, ",
        "yesterday, ",
        "2026-02-30, ",
        "2026-02-10T25:00:00Z, ",
        "0000-00-00, ",
        "+10000-01-01T00:00:00Z, ",
        "-0001-01-01T00:00:00Z, ",
        "0001-01-01, ",
        "1970-01-01, ",
        "2999-01-01, ",
        "NULL, ",
        "'', ",
    })
    @Requirement("SA-11")
    void a_revoked_row_revokes_whatever_its_date(String text, @Nullable Instant date)
            throws Exception {
        RecordingSink sink =
                load(Optional.of(CA), "serial,status,revocation_date\n0a,revoked," + text + "\n");

        assertThat(sink.refusals()).isEmpty();
        StatusChange.Revoke revoke = (StatusChange.Revoke) sink.changes().getLast();
        assertThat(revoke.revocation().at()).isEqualTo(date == null ? TestFeed.NOW : date);
        assertThat(revoke.dateAssumed()).isEqualTo(date == null);
        if (date == null) {
            assertThat(sink.warnings())
                    .anySatisfy(
                            warning ->
                                    assertThat(warning.text()).contains(TestFeed.NOW.toString()));
        }
    }

    @Test
    void a_reason_that_is_not_understood_is_named_and_left_out() throws Exception {
        RecordingSink sink =
                load(
                        Optional.of(CA),
                        rows(
                                "serial,status,revocation_date,reason",
                                "0a,revoked,2026-01-01,keyCompromized"));

        StatusChange.Revoke revoke = (StatusChange.Revoke) sink.changes().getLast();
        assertThat(revoke.revocation().reason()).isEqualTo(RevocationReason.UNSPECIFIED);
        assertThat(sink.warnings())
                .singleElement()
                .satisfies(
                        warning -> {
                            assertThat(warning.place()).isEqualTo(new SourceLocation.Line(2));
                            assertThat(warning.text()).contains("reason 'keyCompromized'");
                        });
    }

    @Test
    void an_end_that_is_not_understood_leaves_the_row() throws Exception {
        RecordingSink sink =
                load(
                        Optional.of(CA),
                        rows(
                                "serial,status,not_after",
                                "0a,good,never",
                                "0b,revoked,+12000-01-01T00:00:00Z"));

        assertThat(sink.refusals()).isEmpty();
        assertThat(sink.changes()).hasSize(3);
        assertThat(sink.warnings())
                .extracting(RecordingSink.Report::text)
                .anyMatch(text -> text.contains("not_after 'never'"));
    }

    @Test
    void what_spreadsheets_leave_behind_is_taken() throws Exception {
        RecordingSink sink =
                load(
                        Optional.of(CA),
                        rows(
                                "sep=;",
                                "serial;status;revocation_date;",
                                ";;;",
                                " ",
                                "0a;good;;;",
                                "",
                                "0b;revoked;2026-01-01;;",
                                ";;;",
                                "0c;bad;;",
                                "0d;good"));

        assertThat(sink.changes())
                .extracting(change -> change.key().serial().toHex())
                .containsExactly("0a", "0b", "0b", "0d");
        assertThat(sink.refusals())
                .singleElement()
                .satisfies(
                        refusal ->
                                assertThat(refusal.place()).isEqualTo(new SourceLocation.Line(9)));
    }

    @Test
    void tabs_separate_too() throws Exception {
        RecordingSink sink =
                load(Optional.of(CA), "serial\tstatus\treason\n0a\trevoked\tKey Compromise\n");

        assertThat(((StatusChange.Revoke) sink.changes().getLast()).revocation().reason())
                .isEqualTo(RevocationReason.KEY_COMPROMISE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "17-67-16-b0| 176716b0",
                "'CA01| 00ca01",
                "\"=\"\"CA02\"\"\"| 00ca02",
                "CA 03| 00ca03",
                "`\u00a0CA0C\u00a0`| 00ca0c",
                "CA0D\u200b| 00ca0d",
                "-0f| f1",
            })
    void serials_are_taken_as_tools_and_spreadsheets_write_them(String written, String hex)
            throws Exception {
        RecordingSink sink = load(Optional.of(CA), "serial,status\n" + written + ",good\n");

        assertThat(sink.refusals()).isEmpty();
        assertThat(sink.changes().getFirst().key().serial().toHex()).isEqualTo(hex);
    }

    @Test
    void all_unknown_columns_are_named_with_the_mapping_to_write() {
        assertThatThrownBy(
                        () ->
                                load(
                                        Optional.of(CA),
                                        "fingerprint,serialNumber,status,revocationDate,Revocation"
                                                + " Reason,expireDate\n"))
                .isInstanceOf(FeedRejectedException.class)
                .hasMessageContainingAll(
                        "'fingerprint'",
                        "--column serial='serialNumber'",
                        "--column revocation_date='revocationDate'",
                        "--column reason='Revocation Reason'",
                        "--column not_after='expireDate'");
    }

    @Test
    void a_mapping_reads_another_tools_list_and_ignores_the_rest() throws Exception {
        LoadOptions options =
                new LoadOptions(
                        false,
                        false,
                        false,
                        false,
                        false,
                        Map.of(
                                "serial_decimal", "serialNumber",
                                "revocation_date", "revocationDate",
                                "reason", "revocationReason"));
        RecordingSink sink =
                load(
                        Optional.of(CA),
                        """
                        fingerprint,serialNumber,status,revocationDate,revocationReason
                        0d3f,4501222334455667788,40,1777636800000,1
                        0d40,4501222334455667789,20,-1,-1
                        """
                                .getBytes(StandardCharsets.UTF_8),
                        options);

        assertThat(sink.refusals()).isEmpty();
        assertThat(sink.changes()).hasSize(3);
        assertThat(((StatusChange.Revoke) sink.changes().get(1)).revocation())
                .isEqualTo(
                        new Revocation(
                                Instant.parse("2026-05-01T12:00:00Z"),
                                RevocationReason.KEY_COMPROMISE,
                                Optional.empty()));
        assertThat(sink.warnings().getFirst().text()).contains("fingerprint");
    }

    @Test
    void a_mapping_of_a_column_that_is_not_there_refuses_the_file() {
        LoadOptions typo =
                new LoadOptions(false, false, false, false, false, Map.of("serial", "Serail"));
        LoadOptions wrong =
                new LoadOptions(false, false, false, false, false, Map.of("sreial", "Serial"));
        byte[] file = "Serial,status\n0a,good\n".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> load(Optional.of(CA), file, typo))
                .hasMessageContainingAll("no column 'serail'", "'Serial'");
        assertThatThrownBy(() -> load(Optional.of(CA), file, wrong))
                .hasMessageContaining("no such column");
    }

    @Test
    void the_issuer_comes_from_the_row_or_the_load_and_both_must_agree() throws Exception {
        RecordingSink sink =
                load(
                        Optional.of(CA),
                        rows(
                                "serial,status,issuer",
                                "0a,good,",
                                "0b,good,ca",
                                "0c,good,other",
                                "0d,good,typo"));

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
                .isInstanceOf(FeedRejectedException.class)
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
                .isInstanceOf(FeedRejectedException.class);
        assertThatThrownBy(() -> load(Optional.of(CA), "serial,status\n0a,good\n0b,\"good\n"))
                .isInstanceOf(FeedRejectedException.class);
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
                .isInstanceOf(FeedRejectedException.class);
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

    /// Lines as Windows ends them.
    private static String rows(String... rows) {
        return String.join("\r\n", rows) + "\r\n";
    }

    private RecordingSink load(Optional<ConfiguredIssuer> issuer, String text) throws Exception {
        return load(issuer, text.getBytes(StandardCharsets.UTF_8));
    }

    private RecordingSink load(Optional<ConfiguredIssuer> issuer, byte[] content)
            throws IOException, FeedRejectedException {
        return load(issuer, content, LoadOptions.USUAL);
    }

    private RecordingSink load(
            Optional<ConfiguredIssuer> issuer, byte[] content, LoadOptions options)
            throws IOException, FeedRejectedException {
        Path path = Files.write(directory.resolve("test.csv"), content);
        FeedFile file = TestFeed.file(path, issuer);
        RecordingSink sink = new RecordingSink();
        new CsvFeed(ISSUERS)
                .read(new FeedFile(path, file.source(), issuer, file.progress(), options), sink);
        return sink;
    }

    private static SerialKey key(ConfiguredIssuer issuer, String hex) {
        return new SerialKey(issuer.key(), Serial.ofHex(hex));
    }
}
