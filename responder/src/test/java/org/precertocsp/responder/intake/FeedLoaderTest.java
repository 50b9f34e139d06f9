package org.precertocsp.responder.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.LoadSummary.Report;
import org.precertocsp.responder.status.FeedSource;
import org.precertocsp.responder.status.StoreFailure;

final class FeedLoaderTest {
    private static final FedIssuer ISSUER =
            new FedIssuer(
                    "issuer", List.of(TestCa.root("Issuer").certificate()), IssuerProfile.TLS);

    private final ScratchStore store = new ScratchStore();
    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T10:00:00.75Z"));
    private final FeedLoader loader = new FeedLoader(store, clock);

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
                        new FeedSource(
                                "csv",
                                "lists/a.txt",
                                HashAlgorithm.SHA256.hash(Octets.of("assign 0a\n".getBytes(UTF_8))),
                                Instant.parse("2026-11-21T10:00:00Z")));
    }

    @Test
    void a_failing_store_is_no_fault_of_the_file() throws Exception {
        store.fail(true);

        assertThatExceptionOfType(StoreFailure.class).isThrownBy(() -> load("assign 0a\n"));
        assertThat(store.serials()).isEmpty();
    }

    @Test
    void an_unreadable_file_says_which_and_why() {
        Path missing = folder.resolve("missing");

        assertThatExceptionOfType(UnreadableFile.class)
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
    void a_summary_survives_its_trip_through_json() throws Exception {
        LoadSummary summary = load("assign 0a\nrevoke 0b\nrefuse ünglück\n");
        clock.pass(Duration.ofHours(1));
        LoadSummary refused = load("stop all wrong\n");

        assertThat(throughJson(summary)).isEqualTo(summary);
        assertThat(throughJson(refused)).isEqualTo(refused);
    }

    private LoadSummary throughJson(LoadSummary summary) throws IOException {
        Path file = Files.write(folder.resolve("summary.json"), SummaryJson.bytes(summary));
        return SummaryJson.read(file);
    }

    private LoadSummary load(String content) throws IOException, UnreadableFile {
        return loader.load(job(Files.writeString(folder.resolve("a.txt"), content)));
    }

    private static FeedJob job(Path file) {
        return new FeedJob(
                FeedKind.CSV,
                new LineFeeds(ISSUER).feed(FeedKind.CSV, List.of(file)),
                file,
                "lists/a.txt",
                Optional.empty(),
                ReadProgress.SILENT);
    }

    private static Report report(String severity, int line, String reason) {
        return new Report(severity, "lists/a.txt", "line " + line, reason);
    }
}
