package org.precertocsp.responder.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.intake.LoadSummary.Report;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.ForwardingChangeSet;
import org.precertocsp.responder.status.InMemoryStatusStore;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.TooManyChangesException;

final class FeedLoaderTest {
    private static final ConfiguredIssuer ISSUER =
            new ConfiguredIssuer(
                    "issuer", List.of(TestCa.root("Issuer").certificate()), IssuerProfile.TLS);

    private static final LoadOptions STRICT =
            new LoadOptions(true, false, false, false, false, Map.of());
    private static final LoadOptions DRY =
            new LoadOptions(false, true, false, false, false, Map.of());
    private static final LoadOptions NEW_SERIALS =
            new LoadOptions(false, false, true, false, false, Map.of());

    private final ScratchStore store = new ScratchStore();
    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T10:00:00.75Z"));
    private final FeedLoader loader = new FeedLoader(store, clock);

    /// A store that judges by the rules.
    private final InMemoryStatusStore rules = new InMemoryStatusStore();

    private final FeedLoader ruled = new FeedLoader(rules, clock);

    @TempDir Path folder;

    @Test
    void every_outcome_is_counted_and_what_is_wrong_reported_at_its_place() throws Exception {
        LoadSummary summary =
                load(
                        """
                        assign 0a
                        assign 0a
                        revoke 0a
                        revoke 0b
                        conflict 0a
                        forbidden 0c
                        refuse no date
                        warn odd
                        """);

        assertThat(summary.refusedFile()).isEmpty();
        assertThat(summary.added()).isEqualTo(2);
        assertThat(summary.changed()).isEqualTo(1);
        assertThat(summary.unchanged()).isEqualTo(1);
        assertThat(summary.refused()).isEqualTo(2);
        assertThat(summary.conflicts()).isEqualTo(1);
        assertThat(summary.warnings()).isEqualTo(2);
        assertThat(summary.clean()).isFalse();
        assertThat(summary.reports())
                .containsExactly(
                        report("warning", 4, "serial 0b: revocation for a serial nobody announced"),
                        report("conflict", 5, "serial 0a: two documents claim it"),
                        report("refused", 6, "serial 0c: this is forbidden"),
                        report("refused", 7, "no date"),
                        report("warning", 8, "odd"));
    }

    @Test
    void a_refused_file_changes_nothing_and_still_tells_what_was_wrong() throws Exception {
        LoadSummary summary =
                load("assign 0a\nconflict 0a\nrefuse no date\nstop its signature is wrong\n");

        assertThat(summary.refusedFile()).contains("its signature is wrong");
        assertThat(summary.added() + summary.conflicts()).isZero();
        assertThat(summary.reports()).containsExactly(report("refused", 3, "no date"));
        assertThat(store.serials()).isEmpty();
        assertThat(store.committed()).isEmpty();
    }

    @Test
    void a_file_that_changes_while_it_is_read_is_refused() throws Exception {
        LoadSummary summary = load("assign 0a\ngrow\n");

        assertThat(summary.refusedFile().orElseThrow()).contains("changed while it was read");
        assertThat(store.serials()).isEmpty();
    }

    @Test
    void a_file_loaded_again_changes_nothing() throws Exception {
        load("assign 0a\nrevoke 0b\n");

        LoadSummary again = load("assign 0a\nrevoke 0b\n");

        assertThat(again.added() + again.changed()).isZero();
        assertThat(again.unchanged()).isEqualTo(2);
        assertThat(again.clean()).isTrue();
    }

    @Test
    void the_source_names_file_hash_and_time_in_whole_seconds() throws Exception {
        load("assign 0a\n");

        assertThat(store.committed())
                .containsExactly(
                        new ChangeSource(
                                "csv",
                                "lists/a.txt",
                                HashAlgorithm.SHA256.hash(
                                        ByteString.of("assign 0a\n".getBytes(UTF_8))),
                                Instant.parse("2026-11-21T10:00:00Z")));
    }

    @Test
    void a_failing_store_is_no_fault_of_the_file() throws Exception {
        store.fail(true);

        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> load("assign 0a\n"));
        assertThat(store.serials()).isEmpty();
    }

    @Test
    void an_unreadable_file_says_which_and_why() {
        Path missing = folder.resolve("missing");

        assertThatExceptionOfType(UnreadableFileException.class)
                .isThrownBy(() -> loader.load(job(missing)))
                .withMessage("lists/a.txt cannot be read: no such file (" + missing + ")");
    }

    @Test
    void a_file_the_decoder_cannot_bear_is_refused() throws Exception {
        assertThat(load("assign 0a\nbug\n").refusedFile().orElseThrow()).contains("please report");
        assertThat(load("endless\n").refusedFile()).isPresent();
        assertThat(store.serials()).isEmpty();
    }

    @Test
    void thousands_of_warnings_do_not_hide_a_refusal() throws Exception {
        int warnings = LoadSummary.MAX_REPORTS + 500;

        LoadSummary summary = load("warn odd\n".repeat(warnings) + "refuse no date\n");

        assertThat(summary.warnings()).isEqualTo(warnings);
        assertThat(summary.reports()).hasSize(LoadSummary.MAX_REPORTS);
        assertThat(summary.reports().getLast())
                .isEqualTo(report("refused", warnings + 1, "no date"));
        assertThat(summary.reportsLeftOut()).isEqualTo(501);
    }

    @Test
    void strict_loads_all_or_nothing() throws Exception {
        LoadSummary refused = load("assign 0a\nrefuse no date\n", STRICT);
        LoadSummary conflict = load("assign 0a\nconflict 0a\n", STRICT);

        assertThat(refused.refusedFile().orElseThrow()).contains("1 rejected", "--strict");
        assertThat(refused.clean()).isFalse();
        assertThat(conflict.refusedFile()).isPresent();
        assertThat(store.serials()).isEmpty();
        assertThat(load("assign 0a\nwarn odd\n", STRICT).clean()).isTrue();
        assertThat(store.serials()).containsExactly("0a");
    }

    @Test
    void a_dry_run_counts_everything_and_writes_nothing() throws Exception {
        List<LoadSummary> heard = new ArrayList<>();
        FeedLoader listening = new FeedLoader(store, clock, heard::add);
        Path file = Files.writeString(folder.resolve("a.txt"), "assign 0a\nrevoke 0b\nrefuse x\n");

        LoadSummary dry = listening.load(job(file, DRY));
        LoadSummary real = load("assign 0a\nrevoke 0b\nrefuse x\n");

        assertThat(dry.dryRun()).isTrue();
        assertThat(dry.added()).isEqualTo(2).isEqualTo(real.added());
        assertThat(dry.reports()).isEqualTo(real.reports());
        assertThat(store.committed()).hasSize(1);
        assertThat(heard).isEmpty();
    }

    @Test
    @Requirement("SA-11")
    void a_refused_revocation_of_a_good_serial_is_named_and_raised_until_it_is_mended()
            throws Exception {
        Map<String, String> open = new HashMap<>();
        Alarm alarm =
                new Alarm() {
                    @Override
                    public void raise(Incident incident) {
                        assertThat(incident.kind()).isEqualTo(Incident.Kind.REVOCATION_REFUSED);
                        open.put(incident.about(), incident.what());
                    }

                    @Override
                    public void end(Incident.Kind kind, String about) {
                        open.remove(about);
                    }
                };
        FeedLoader raising = new FeedLoader(store, clock, new LoadAlerts(alarm, _ -> {}));
        Path file = folder.resolve("a.txt");

        LoadSummary summary =
                raising.load(
                        job(
                                Files.writeString(
                                        file,
                                        """
                                        assign 0a
                                        assign 0b
                                        assign 0d
                                        revoke 0b
                                        unrevoked 0a
                                        unrevoked 0b
                                        unrevoked 0c
                                        unrevoked 0d
                                        revoke 0d
                                        """),
                                LoadOptions.USUAL));

        assertThat(summary.refused()).isEqualTo(4);
        assertThat(summary.stillGood()).isEqualTo(new LoadSummary.StillGood(1, List.of("0a")));
        assertThat(open)
                .hasSize(1)
                .hasEntrySatisfying("csv lists/a.txt", what -> assertThat(what).contains("0a"));
        raising.load(job(Files.writeString(file, "revoke 0a\n"), LoadOptions.USUAL));
        assertThat(open).isEmpty();
    }

    @Test
    @Requirement("SA-11")
    void a_list_that_says_good_of_a_revoked_serial_is_ignored_and_says_so() throws Exception {
        loadInto("assign 0a\nrevoke 0a\n");

        LoadSummary summary = loadInto("good 0a\ngood 0b\n");

        assertThat(summary.staysRevoked()).isEqualTo(1);
        assertThat(summary.reports())
                .singleElement()
                .satisfies(
                        report ->
                                assertThat(report.reason()).contains("serial 0a", "stays revoked"));
    }

    @Test
    void a_list_of_another_issuers_serials_is_refused_unless_they_are_said_to_be_new()
            throws Exception {
        ConfiguredIssuer other =
                new ConfiguredIssuer(
                        "other", List.of(TestCa.root("Other").certificate()), IssuerProfile.TLS);
        ConfiguredIssuer.Directory both = new ConfiguredIssuer.Directory(List.of(ISSUER, other));
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            list.append("good 4c0ffee0badc0f0").append(i).append('\n');
        }
        Path file = Files.writeString(folder.resolve("a.txt"), list);
        ruled.load(job(file, other, LoadOptions.USUAL, both));

        LoadSummary wrong = ruled.load(job(file, ISSUER, LoadOptions.USUAL, both));

        assertThat(wrong.refusedFile().orElseThrow()).contains("'other'", "--new-serials");
        assertThat(rules.find(new SerialKey(ISSUER.key(), Serial.ofHex("4c0ffee0badc0f00"))))
                .isEmpty();
        assertThat(ruled.load(job(file, other, LoadOptions.USUAL, both)).unchanged()).isEqualTo(10);
        assertThat(ruled.load(job(file, ISSUER, NEW_SERIALS, both)).clean()).isTrue();
        assertThat(ruled.load(job(file, ISSUER, LoadOptions.USUAL, both)).clean()).isTrue();
    }

    @Test
    void small_serials_that_two_issuers_count_alike_are_no_mistake() throws Exception {
        ConfiguredIssuer other =
                new ConfiguredIssuer(
                        "other", List.of(TestCa.root("Other").certificate()), IssuerProfile.TLS);
        ConfiguredIssuer.Directory both = new ConfiguredIssuer.Directory(List.of(ISSUER, other));
        Path file = Files.writeString(folder.resolve("a.txt"), "good 01\ngood 02\n");
        ruled.load(job(file, other, LoadOptions.USUAL, both));

        assertThat(ruled.load(job(file, ISSUER, LoadOptions.USUAL, both)).clean()).isTrue();
    }

    @Test
    void a_summary_survives_its_trip_through_json() throws Exception {
        LoadSummary summary = load("assign 0a\nrevoke 0b\nrefuse ünglück\n");
        clock.pass(Duration.ofHours(1));
        LoadSummary refused = load("stop all wrong\n");

        assertThat(throughJson(summary)).isEqualTo(summary);
        assertThat(throughJson(refused)).isEqualTo(refused);
    }

    private LoadSummary throughJson(LoadSummary summary) throws IOException {
        Path file = Files.write(folder.resolve("summary.json"), LoadSummaryJson.bytes(summary));
        return LoadSummaryJson.read(file);
    }

    @Test
    void an_upload_is_recorded_with_its_sender() throws Exception {
        LoadJob local = job(Files.writeString(folder.resolve("a.txt"), "assign 0a\n"));
        loader.load(local);
        loader.load(
                new LoadJob(
                        local.kind(),
                        local.feed(),
                        local.path(),
                        local.name(),
                        local.issuer(),
                        local.progress(),
                        local.options(),
                        local.issuers(),
                        Optional.of("operator alice")));

        assertThat(store.committed())
                .extracting(source -> source.kind() + " " + source.name())
                .containsExactly("csv lists/a.txt", "api operator alice: csv lists/a.txt");
    }

    @Test
    void a_file_with_too_many_changes_is_told_to_be_split_and_not_called_a_bug() throws Exception {
        StatusWriter full =
                source ->
                        new ForwardingChangeSet() {
                            private final ChangeSet set = store.begin(source);

                            @Override
                            public ChangeSet set() {
                                return set;
                            }

                            @Override
                            public List<ChangeOutcome> applyAll(List<StatusChange> all) {
                                throw new TooManyChangesException(1_000);
                            }
                        };
        LoadSummary summary =
                new FeedLoader(full, clock)
                        .load(job(Files.writeString(folder.resolve("a.txt"), "assign 0a\n")));

        assertThat(summary.refusedFile().orElseThrow())
                .contains("more than 1,000 changes", "split it")
                .doesNotContain("report it");
    }

    private LoadSummary load(String content) throws IOException, UnreadableFileException {
        return load(content, LoadOptions.USUAL);
    }

    private LoadSummary load(String content, LoadOptions options)
            throws IOException, UnreadableFileException {
        return loader.load(job(Files.writeString(folder.resolve("a.txt"), content), options));
    }

    private LoadSummary loadInto(String content) throws IOException, UnreadableFileException {
        Path file = Files.writeString(folder.resolve("a.txt"), content);
        return ruled.load(job(file, LoadOptions.USUAL));
    }

    private static LoadJob job(Path file, LoadOptions options) {
        return job(file, ISSUER, options, new ConfiguredIssuer.Directory(List.of(ISSUER)));
    }

    private static LoadJob job(
            Path file,
            ConfiguredIssuer issuer,
            LoadOptions options,
            ConfiguredIssuer.Directory issuers) {
        return new LoadJob(
                FeedKind.CSV,
                new LineFeeds(issuer).feed(FeedKind.CSV, List.of(file)),
                file,
                "lists/a.txt",
                Optional.empty(),
                ProgressListener.SILENT,
                options,
                issuers);
    }

    private static LoadJob job(Path file) {
        return new LoadJob(
                FeedKind.CSV,
                new LineFeeds(ISSUER).feed(FeedKind.CSV, List.of(file)),
                file,
                "lists/a.txt",
                Optional.empty(),
                ProgressListener.SILENT);
    }

    private static Report report(String severity, int line, String reason) {
        return new Report(severity, "lists/a.txt", "line " + line, reason);
    }
}
