package org.precertocsp.responder.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.list.CsvFeed;
import org.precertocsp.responder.intake.list.IndexFeed;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.SerialStatus;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;
import org.precertocsp.signer.CertificateFile;

/// Lists as other tools and spreadsheets write them, collected after public reports, each loaded
/// into a store and asked for: beside the vectors, in `cases`.
@EnabledIfEnvironmentVariable(named = "PRECERT_OCSP_VECTORS", matches = ".+")
final class ListCasesTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

    @TempDir Path folder;
    private RocksStore store;
    private ConfiguredIssuer priv;
    private ConfiguredIssuer.Directory issuers = new ConfiguredIssuer.Directory(List.of());

    @BeforeEach
    void open() throws Exception {
        priv = issuer("priv", IssuerProfile.PRIVATE);
        issuers = new ConfiguredIssuer.Directory(List.of(priv));
        store = RocksStore.open(new StoreConfig(folder.resolve("store"), 8 << 20));
        // Rows of other issuers are refused here.
        assertThat(load("fixtures/all-good.csv", LoadOptions.USUAL, Optional.empty()).added())
                .isEqualTo(48);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void excels_separator_hint_is_taken() throws Exception {
        assertThat(load("c01-sep.csv").clean()).isTrue();

        assertThat(state("C101")).isEqualTo("revoked");
        assertThat(state("C1FE")).isEqualTo("good");
    }

    @Test
    void serials_as_vault_lists_them_are_taken() throws Exception {
        assertThat(load("c02-vault.csv").clean()).isTrue();

        assertThat(state("176716b0b94558c03a29e3cbd698337aa63b66c1")).isEqualTo("revoked");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "c03-adcs.csv| serial='Serial Number'| revocation_date='Revocation Date'|"
                        + " reason='Revocation Reason'",
                "c04-ejbca.csv| serial='serialNumber'| revocation_date='revocationDate'|"
                        + " reason='revocationReason'",
                "c05-ccadb.csv| serial='Certificate Serial Number'| status='Revocation Status'|"
                        + " revocation_date='Date of Revocation'",
            })
    void exports_of_other_tools_are_told_what_to_write(
            String file, String first, String second, String third) throws Exception {
        assertThat(load(file).refusedFile().orElseThrow())
                .contains("--column " + first, "--column " + second, "--column " + third);
    }

    @Test
    void exports_of_other_tools_are_read_with_what_they_are_told() throws Exception {
        assertThat(
                        load(
                                        "c04-ejbca.csv",
                                        mapped(
                                                Map.of(
                                                        "serial_decimal", "serialNumber",
                                                        "revocation_date", "revocationDate",
                                                        "reason", "revocationReason",
                                                        "not_after", "expireDate")))
                                .clean())
                .isTrue();
        assertThat(
                        load(
                                        "c05-ccadb.csv",
                                        mapped(
                                                Map.of(
                                                        "serial", "Certificate Serial Number",
                                                        "status", "Revocation Status",
                                                        "revocation_date", "Date of Revocation",
                                                        "reason", "RFC 5280 Revocation Reason Code",
                                                        "not_after", "Valid To [GMT]")))
                                .clean())
                .isTrue();

        assertThat(revocation("3e778ddd5c48dc4c"))
                .isEqualTo(revoked(NOON, RevocationReason.KEY_COMPROMISE));
        assertThat(revocation("0C8303B3BB6FE96E11B5E391D0B9C5F4"))
                .isEqualTo(
                        revoked(
                                Instant.parse("2026-11-01T00:00:00Z"),
                                RevocationReason.SUPERSEDED));
    }

    @Test
    @Requirement("SA-11")
    void rows_that_say_revoked_revoke_whatever_their_date() throws Exception {
        LoadSummary summary = load("c08-dates.csv");

        assertThat(summary.refused()).isZero();
        for (int i = 0; i <= 0x15; i++) {
            assertThat(state("c8%02x".formatted(i))).as("row %d", i).isEqualTo("revoked");
        }
        for (int understood : List.of(0, 1, 2, 3, 0xa, 0xb, 0xd, 0xf, 0x15)) {
            assertThat(revocation("c8%02x".formatted(understood)).at()).isEqualTo(NOON);
        }
        for (int day : List.of(0xc, 0x10, 0x11)) {
            assertThat(revocation("c8%02x".formatted(day)).at())
                    .isEqualTo(Instant.parse("2026-11-01T00:00:00Z"));
        }
        for (int none : List.of(6, 7, 8, 9, 0xe, 0x12, 0x13, 0x14)) {
            assertThat(revocation("c8%02x".formatted(none)).at()).isEqualTo(NOW);
        }
        assertThat(revocation("c804").at()).isEqualTo(Instant.parse("2026-11-02T00:00:00Z"));
        assertThat(revocation("c805").at()).isEqualTo(Instant.parse("2017-01-01T00:00:00Z"));
    }

    @Test
    void serials_as_spreadsheets_leave_them_are_taken_or_shown() throws Exception {
        LoadSummary summary = load("c10-serials.csv");

        for (String taken :
                List.of("ca01", "ca02", "ca03", "ca04", "ca05", "ca09", "ca0a", "ca0c", "ca0d")) {
            assertThat(state(taken)).as(taken).isEqualTo("good");
        }
        for (String taken : List.of("ca0e", "ca10", "-ca11", "ca12", "12e5", "00")) {
            assertThat(state(taken)).as(taken).isEqualTo("good");
        }
        assertThat(summary.reports())
                .extracting(LoadSummary.Report::reason)
                .anyMatch(text -> text.contains("'CA06h'"))
                .anyMatch(text -> text.contains("'#CA07'"))
                .anyMatch(text -> text.contains("'(CA08)'"))
                .anyMatch(text -> text.contains("rounded by a spreadsheet"))
                .anyMatch(text -> text.contains("\\uff23\\uff21"))
                .anyMatch(text -> text.contains("20 bytes"))
                .anyMatch(text -> text.contains("serial is empty"));
        assertThat(summary.refused()).isEqualTo(7);
    }

    @Test
    void empty_rows_and_trailing_separators_are_no_data() throws Exception {
        assertThat(load("c13-empty-rows.csv").clean()).isTrue();
        assertThat(load("c13c-extra-sep.csv").clean()).isTrue();

        assertThat(state("cb01")).isEqualTo("revoked");
        assertThat(state("cb02")).isEqualTo("good");
        assertThat(state("cc11")).isEqualTo("revoked");
    }

    @Test
    @Requirement("SA-11")
    void rows_that_say_revoked_revoke_whatever_their_reason() throws Exception {
        LoadSummary summary = load("c18-reasons.csv");

        List<RevocationReason> reasons = new ArrayList<>();
        for (int i = 0; i <= 0x13; i++) {
            if (i != 0xc) {
                reasons.add(revocation("cf%02x".formatted(i)).reason());
            }
        }
        assertThat(reasons)
                .containsExactly(
                        RevocationReason.KEY_COMPROMISE,
                        RevocationReason.KEY_COMPROMISE,
                        RevocationReason.KEY_COMPROMISE,
                        RevocationReason.KEY_COMPROMISE,
                        RevocationReason.UNSPECIFIED,
                        RevocationReason.UNSPECIFIED,
                        RevocationReason.UNSPECIFIED,
                        RevocationReason.KEY_COMPROMISE,
                        RevocationReason.KEY_COMPROMISE,
                        RevocationReason.KEY_COMPROMISE,
                        RevocationReason.KEY_COMPROMISE,
                        RevocationReason.CERTIFICATE_HOLD,
                        RevocationReason.UNSPECIFIED,
                        RevocationReason.SUPERSEDED,
                        RevocationReason.AFFILIATION_CHANGED,
                        RevocationReason.CESSATION_OF_OPERATION,
                        RevocationReason.UNSPECIFIED,
                        RevocationReason.UNSPECIFIED,
                        RevocationReason.UNSPECIFIED);
        assertThat(state("cf0c")).isEqualTo("good");
        assertThat(summary.stillGood()).isEqualTo(new LoadSummary.StillGood(1, List.of("00cf0c")));
    }

    @Test
    void decimal_serials_in_an_index_refuse_it() throws Exception {
        assertThat(load("i03-decimal-serials.txt").refusedFile().orElseThrow()).contains("decimal");
    }

    @Test
    void a_byte_order_mark_before_an_index_is_skipped() throws Exception {
        assertThat(load("i04-bom.txt").clean()).isTrue();

        assertThat(state("a401")).isEqualTo("revoked");
        assertThat(state("a402")).isEqualTo("good");
    }

    @Test
    void utf_16_is_named_once() throws Exception {
        LoadSummary summary = load("i05-utf16.txt");

        assertThat(summary.refusedFile().orElseThrow()).contains("UTF-16", "UTF-8");
        assertThat(summary.reports()).isEmpty();
    }

    @Test
    void a_suspended_line_is_told_and_leaves_the_serial_as_it_was() throws Exception {
        LoadSummary summary = load("i07-suspended.txt");

        assertThat(state("a701")).isEqualTo(SerialStatus.UNASSIGNED);
        assertThat(state("a702")).isEqualTo("good");
        assertThat(summary.reports().getFirst().reason()).contains("suspended");
    }

    @ParameterizedTest
    @CsvSource({"i09-r-without-date.txt,a9,3", "i10-r-odd-reason.txt,aa,6"})
    @Requirement("SA-11")
    void lines_that_say_revoked_revoke_whatever_else_they_say(String file, String prefix, int lines)
            throws Exception {
        assertThat(load(file).refused()).isZero();

        assertThat(IntStream.rangeClosed(1, lines))
                .allMatch(i -> state(prefix + "0" + i).equals("revoked"));
    }

    @Test
    @Requirement("SA-11")
    void lines_that_say_revoked_revoke_what_was_known_as_good() throws Exception {
        assertThat(load("i10b-r-odd-reason-known.txt").refused()).isZero();

        assertThat(IntStream.rangeClosed(1, 6)).allMatch(i -> state("ab0" + i).equals("revoked"));
        assertThat(revocation("ab01").reason()).isEqualTo(RevocationReason.KEY_COMPROMISE);
        assertThat(revocation("ab04").reason()).isEqualTo(RevocationReason.KEY_COMPROMISE);
        assertThat(revocation("ab06").reason()).isEqualTo(RevocationReason.KEY_COMPROMISE);
    }

    @Test
    void an_endless_subject_does_not_hide_the_serial() throws Exception {
        assertThat(load("i13-utf8-long.txt").clean()).isTrue();

        assertThat(state("ae01")).isEqualTo("good");
        assertThat(state("ae02")).isEqualTo("good");
        assertThat(state("ae03")).isEqualTo("good");
    }

    @Test
    void serials_of_an_index_are_read_as_those_of_csv() throws Exception {
        LoadSummary summary = load("i14-serials.txt");

        for (String taken : List.of("00", "af01", "af02", "af03", "af04", "af05")) {
            assertThat(state(taken)).as(taken).isEqualTo("good");
        }
        assertThat(state("-24")).isEqualTo("revoked");
        assertThat(summary.reports())
                .singleElement()
                .satisfies(report -> assertThat(report.reason()).contains("20 bytes"));
    }

    private static LoadOptions mapped(Map<String, String> columns) {
        return new LoadOptions(false, false, false, false, false, columns);
    }

    private static Revocation revoked(Instant at, RevocationReason reason) {
        return new Revocation(at, reason, Optional.empty());
    }

    private LoadSummary load(String name) throws Exception {
        return load(name, LoadOptions.USUAL);
    }

    private LoadSummary load(String name, LoadOptions options) throws Exception {
        return load(name, options, Optional.of(priv));
    }

    private LoadSummary load(String name, LoadOptions options, Optional<ConfiguredIssuer> issuer)
            throws UnreadableFileException {
        FeedKind kind = name.endsWith(".csv") ? FeedKind.CSV : FeedKind.INDEX;
        FeedReader feed = kind == FeedKind.CSV ? new CsvFeed(issuers) : new IndexFeed(issuers);
        return new FeedLoader(store, () -> NOW)
                .load(
                        new LoadJob(
                                kind,
                                feed,
                                cases().resolve(name),
                                name,
                                issuer,
                                ProgressListener.SILENT,
                                options,
                                issuers));
    }

    private String state(String serial) {
        return store.find(new SerialKey(priv.key(), Serial.ofHex(serial)))
                .map(SerialStatus::state)
                .orElse(SerialStatus.UNASSIGNED);
    }

    private Revocation revocation(String serial) {
        return store.find(new SerialKey(priv.key(), Serial.ofHex(serial)))
                .map(StatusRecord.Assigned.class::cast)
                .flatMap(StatusRecord.Assigned::revocation)
                .orElseThrow(() -> new AssertionError(serial + " is not revoked"));
    }

    private static ConfiguredIssuer issuer(String name, IssuerProfile profile) throws Exception {
        Path file = cases().resolve("fixtures/ca/" + name + ".pem");
        return new ConfiguredIssuer(name, List.of(CertificateFile.readFirst(file)), profile);
    }

    private static Path cases() {
        Path cases = Path.of(System.getenv("PRECERT_OCSP_VECTORS")).resolveSibling("cases");
        assertThat(Files.isDirectory(cases)).isTrue();
        return cases;
    }
}
