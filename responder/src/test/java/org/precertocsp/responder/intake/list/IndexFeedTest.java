package org.precertocsp.responder.intake.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
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
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.intake.SourceLocation;
import org.precertocsp.responder.intake.TestFeed;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

final class IndexFeedTest {
    private static final TestCa ROOT = TestCa.root("Index Root");
    private static final ConfiguredIssuer CA = TestFeed.issuer("ca", ROOT, IssuerProfile.PRIVATE);
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant NOT_AFTER = Instant.parse("2027-01-01T00:00:00Z");

    @TempDir Path directory;

    @Test
    @Requirement("SS-01")
    void valid_and_expired_lines_assign_and_revoked_lines_also_revoke() throws Exception {
        RecordingSink sink =
                load(
                        """
                        V\t270101000000Z\t\t00FF\tunknown\t/CN=one
                        E\t20270101000000Z\t\t1001\tunknown\t/CN=two
                        R\t270101000000Z\t260301120000Z,superseded\t1002\tunknown\t/CN=three
                        """);

        assertThat(sink.changes())
                .containsExactly(
                        assign("ff"),
                        assign("1001"),
                        assign("1002"),
                        revoke("1002", RevocationReason.SUPERSEDED, null));
        assertThat(sink.refusals()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "260301120000Z| UNSPECIFIED| -",
                "20260301120000Z,unspecified| UNSPECIFIED| -",
                "260301120000Z,keyCompromise| KEY_COMPROMISE| -",
                "260301120000Z,CACompromise| CA_COMPROMISE| -",
                "260301120000Z,affiliationChanged| AFFILIATION_CHANGED| -",
                "260301120000Z,cessationOfOperation| CESSATION_OF_OPERATION| -",
                "260301120000Z,certificateHold| CERTIFICATE_HOLD| -",
                "260301120000Z,holdInstruction,holdInstructionReject| CERTIFICATE_HOLD| -",
                "260301120000Z,keyTime,20260201000000Z| KEY_COMPROMISE| 2026-02-01T00:00:00Z",
                "260301120000Z,CAkeyTime,20260201000000Z| CA_COMPROMISE| 2026-02-01T00:00:00Z",
            })
    void reasons_are_read_as_openssl_writes_them(
            String field, RevocationReason reason, @Nullable Instant invalidity) throws Exception {
        RecordingSink sink = load("R\t270101000000Z\t" + field + "\t05\tunknown\t/CN=x\n");

        assertThat(sink.refusals()).isEmpty();
        assertThat(sink.changes().getLast()).isEqualTo(revoke("05", reason, invalidity));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X~270101000000Z~~05~unknown~/CN=x| field 1 (status)",
                "V~270101000000Z~~05~unknown| 5 tab-separated fields",
                "V~270101000000Z~~05~unknown~/CN=x~| 7 tab-separated fields",
                "V~270101000000Z~260301120000Z~05~unknown~/CN=x| which is it",
                "R~270101000000Z~260301120000Z,removeFromCRL~05~unknown~/CN=x| CR-09",
                "V~270101000000Z~~xyz~unknown~/CN=x| field 4 (serial)",
                "V~270101000000Z~~~unknown~/CN=x| field 4 (serial)",
                "V~270101000000Z~~010101010101010101010101010101010101010101~u~/CN=x| 20 bytes",
                "S~270101000000Z~~05~unknown~/CN=x| suspended",
                "V 270101000000Z 05 unknown /CN=x| were tabs replaced by blanks",
                "-----BEGIN CERTIFICATE-----| 1 tab-separated fields",
            })
    void a_bad_line_is_refused_alone_with_its_field(String line, String why) throws Exception {
        RecordingSink sink =
                load(
                        "V\t270101000000Z\t\t0A\tunknown\t/CN=x\n"
                                + line.replace('~', '\t')
                                + "\nV\t270101000000Z\t\t0B\tunknown\t/CN=x\n");

        assertThat(sink.changes()).containsExactly(assign("0a"), assign("0b"));
        assertThat(sink.refusals())
                .singleElement()
                .satisfies(
                        refusal -> {
                            assertThat(refusal.place()).isEqualTo(new SourceLocation.Line(2));
                            assertThat(refusal.text()).contains(why);
                        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "R~270101000000Z~~05~unknown~/CN=x| UNSPECIFIED| true| date is empty",
                "R~270101000000Z~,keyCompromise~05~unknown~/CN=x| KEY_COMPROMISE| true| date is"
                        + " empty",
                "R~270101000000Z~yesterday~05~unknown~/CN=x| UNSPECIFIED| true| 'yesterday'",
                "R~270101000000Z~261301120000Z,superseded~05~u~/CN=x| SUPERSEDED| true|"
                        + " '261301120000Z'",
                "R~270101000000Z~260301120000Z,because~05~unknown~/CN=x| UNSPECIFIED| false|"
                        + " 'because'",
                "R~270101000000Z~260301120000Z,7~05~unknown~/CN=x| UNSPECIFIED| false| '7'",
                "R~270101000000Z~260301120000Z,superseded,x~05~unknown~/CN=x| SUPERSEDED| false|"
                        + " 'x'",
                "R~270101000000Z~260301120000Z,keyTime~05~unknown~/CN=x| KEY_COMPROMISE| false|"
                        + " compromise is empty",
                "R~never~260301120000Z,1~05~unknown~/CN=x| KEY_COMPROMISE| false| expiry",
                "R~270101000000Z~260301120000Z~05| UNSPECIFIED| false| 4 tab-separated fields",
            })
    @Requirement("SA-11")
    void a_revoked_line_revokes_whatever_else_is_in_it(
            String line, RevocationReason reason, boolean dateAssumed, String warning)
            throws Exception {
        RecordingSink sink = load(line.replace('~', '\t') + "\n");

        assertThat(sink.refusals()).isEmpty();
        StatusChange.Revoke revoke = (StatusChange.Revoke) sink.changes().getLast();
        assertThat(revoke.key()).isEqualTo(key("05"));
        assertThat(revoke.dateAssumed()).isEqualTo(dateAssumed);
        assertThat(revoke.revocation().at()).isEqualTo(dateAssumed ? TestFeed.NOW : AT);
        assertThat(revoke.revocation().reason()).isEqualTo(reason);
        assertThat(sink.warnings().getFirst().place()).isEqualTo(new SourceLocation.Line(1));
        assertThat(sink.warnings().getFirst().text()).contains("serial 05", warning);
    }

    @Test
    void a_time_with_two_digits_for_the_year_and_an_offset_is_no_year_3012() throws Exception {
        RecordingSink sink =
                load(
                        """
                        V\t301231235959+0000\t\t05\tunknown\t/CN=x
                        V\t3012312359Z\t\t06\tunknown\t/CN=x
                        """);

        assertThat(sink.changes())
                .extracting(it -> ((StatusChange.Assign) it).notAfter().orElseThrow().toString())
                .containsExactly("2030-12-31T23:59:59Z", "2030-12-31T23:59:00Z");
    }

    @Test
    void a_byte_order_mark_is_skipped_and_utf_16_named_once() throws Exception {
        assertThat(load("\ufeffV\t270101000000Z\t\t05\tunknown\t/CN=x\n").refusals()).isEmpty();
        byte[] utf16 = "V\t270101000000Z\t\t05\tu\t/CN=x\n".getBytes(StandardCharsets.UTF_16LE);
        Path file = Files.write(directory.resolve("utf16.txt"), utf16);

        assertThatThrownBy(
                        () ->
                                feed().read(
                                                TestFeed.file(file, Optional.of(CA)),
                                                new RecordingSink()))
                .isInstanceOf(FeedRejectedException.class)
                .hasMessageContaining("UTF-16");
    }

    @Test
    void decimal_serials_refuse_the_file_unless_they_are_said_to_be_hexadecimal() throws Exception {
        String line = "V\t270101000000Z\t\t164843294630092056630429881787278314332\tu\t/CN=x\n";

        assertThatThrownBy(() -> load(line))
                .isInstanceOf(FeedRejectedException.class)
                .hasMessageContainingAll("decimal", "--hex-serials");
        assertThat(load("V\t270101000000Z\t\t1000\tu\t/CN=x\n".repeat(40)).changes()).hasSize(40);
        assertThat(
                        load("V\t270101000000Z\t\t1000000000000000000000000000000A\tu\t/CN=x\n"
                                        + line)
                                .changes())
                .hasSize(2);
    }

    @Test
    void blank_lines_comments_windows_lines_escaped_tabs_and_negative_serials() throws Exception {
        RecordingSink sink =
                load(
                        "\r\n# made by hand\r\nV\t270101000000Z\t\t-0F\tunknown\t/CN=a\\\tb\r\n\n"
                                + "V\t270101000000Z\t\t00\tunknown\t/CN=\u00e4");

        assertThat(sink.refusals()).isEmpty();
        assertThat(sink.changes()).containsExactly(assign("-0f"), assign("00"));
    }

    @Test
    void lines_may_end_in_carriage_returns_alone_and_the_letter_be_small() throws Exception {
        String line = "r\t270101000000Z\t260301120000Z\t%s\tunknown\t/CN=x";
        RecordingSink sink =
                load(line.formatted("05") + "\r" + line.formatted("06") + "\r\n" + "\r\nX\n");

        assertThat(sink.changes())
                .filteredOn(StatusChange.Revoke.class::isInstance)
                .extracting(StatusChange::key)
                .containsExactly(key("05"), key("06"));
        assertThat(sink.warnings()).isEmpty();
        assertThat(sink.refusals())
                .singleElement()
                .satisfies(it -> assertThat(it.place()).isEqualTo(new SourceLocation.Line(4)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"X", "", "RR", "V", "E", "S"})
    void a_line_with_a_revocation_that_is_no_r_line_is_told_as_a_refused_revocation(String status)
            throws Exception {
        RecordingSink sink = load(status + "\t270101000000Z\t260301120000Z\t05\tunknown\t/CN=x\n");

        assertThat(sink.changes()).isEmpty();
        assertThat(sink.refusedRevocations()).containsExactly(key("05"));
    }

    @Test
    void two_digit_years_turn_at_fifty() throws Exception {
        RecordingSink sink =
                load(
                        """
                        V\t491231235959Z\t\t01\tu\t/CN=x
                        E\t500101000000Z\t\t02\tu\t/CN=x
                        V\t20500101000000Z\t\t03\tu\t/CN=x
                        """);

        assertThat(sink.changes())
                .extracting(change -> ((StatusChange.Assign) change).notAfter().orElseThrow())
                .containsExactly(
                        Instant.parse("2049-12-31T23:59:59Z"),
                        Instant.parse("1950-01-01T00:00:00Z"),
                        Instant.parse("2050-01-01T00:00:00Z"));
    }

    @Test
    void a_huge_line_is_refused_without_being_held() throws Exception {
        RecordingSink sink =
                load(
                        "V\t"
                                + "x".repeat(1 << 20)
                                + "\nV\t270101000000Z\t\t05\tu\t/CN=x\n"
                                + "R\t270101000000Z\t260301120000Z\t06\tu\t/CN="
                                + "x".repeat(1 << 20)
                                + "\n");

        assertThat(sink.changes().getFirst()).isEqualTo(assign("05"));
        assertThat(sink.changes().getLast())
                .isEqualTo(revoke("06", RevocationReason.UNSPECIFIED, null));
        assertThat(sink.refusals()).hasSize(1);
        assertThat(sink.refusals().getFirst().text()).contains("longer than");
    }

    @Test
    void the_issuer_must_be_named() {
        assertThatThrownBy(() -> load("", Optional.empty()))
                .isInstanceOf(FeedRejectedException.class)
                .hasMessageContaining("--issuer")
                .hasMessageContaining("ca");
    }

    @Test
    @Requirement({"CR-08", "SA-04"})
    void a_hold_under_tls_is_a_revocation_without_reason() throws Exception {
        ConfiguredIssuer tls = TestFeed.issuer("ca", ROOT, IssuerProfile.TLS);

        RecordingSink sink =
                load(
                        "R\t270101000000Z\t260301120000Z,certificateHold\t05\tu\t/CN=x\n",
                        Optional.of(tls));

        assertThat(sink.changes().getLast())
                .isEqualTo(revoke("05", RevocationReason.UNSPECIFIED, null));
        assertThat(sink.warnings().getFirst().text()).contains("CR-08");
    }

    @Test
    @Timeout(180)
    void a_hundred_thousand_lines_pass_through() throws Exception {
        Path file = directory.resolve("index.txt");
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (int i = 0; i < 100_000; i++) {
                writer.write("V\t270101000000Z\t\t%020X\tunknown\t/CN=host %d\n".formatted(i, i));
            }
        }
        CountingSink sink = new CountingSink();

        feed().read(TestFeed.file(file, Optional.of(CA)), sink);

        assertThat(sink.count()).isEqualTo(100_000);
    }

    private RecordingSink load(String text) throws Exception {
        return load(text, Optional.of(CA));
    }

    private RecordingSink load(String text, Optional<ConfiguredIssuer> issuer) throws Exception {
        Path file = directory.resolve("index.txt");
        Files.write(file, text.getBytes(StandardCharsets.UTF_8));
        RecordingSink sink = new RecordingSink();
        feed().read(TestFeed.file(file, issuer), sink);
        return sink;
    }

    private static IndexFeed feed() {
        return new IndexFeed(new ConfiguredIssuer.Directory(List.of(CA)));
    }

    private static SerialKey key(String hex) {
        return new SerialKey(CA.key(), Serial.ofHex(hex));
    }

    private static StatusChange assign(String hex) {
        return new StatusChange.Assign(
                key(hex), AssignedBy.DECLARATION, Optional.of(NOT_AFTER), Optional.empty());
    }

    private static StatusChange revoke(
            String hex, RevocationReason reason, @Nullable Instant invalidity) {
        return new StatusChange.Revoke(
                key(hex),
                new Revocation(AT, reason, Optional.ofNullable(invalidity)),
                Optional.of(NOT_AFTER));
    }
}
