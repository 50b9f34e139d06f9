package org.precertocsp.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.loadtest.report.MeasurementJson;
import org.precertocsp.loadtest.report.MeasurementOrigin;
import org.precertocsp.loadtest.report.TargetResult;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/// Commands but `run`, as far as they need no server.
final class MeasurementCommandsTest {
    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

    private int execute(String... arguments) {
        PrintStream stream = new PrintStream(progress, true, StandardCharsets.UTF_8);
        CommandLine line =
                PrecertLoadCommand.of(
                        new CorpusCommand(new ErrorTerminal(stream, true)),
                        new CompareCommand(),
                        new ScaleCommand(),
                        new SimulateClusterCommand(),
                        new TargetsCommand());
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    @Test
    void a_cluster_is_simulated_as_asked() {
        int code =
                execute(
                        "simulate-cluster",
                        "--edges=4",
                        "--sites=1,80",
                        "--seconds=5",
                        "--cut=10",
                        "--out=" + folder);

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains(
                        "500,000,000 serials, 4 edges at 2 sites",
                        "durable to applied, site 2 (80 ms, 2 edges)",
                        "durable to effective",
                        "signatures of renewal                          2,073/s",
                        "takeover",
                        "an edge cut off for 10.00 s");
        assertThat(err.toString()).contains("a site cut off for PT10S");
        assertThat(folder.resolve("cluster.html")).content().contains("<svg", "site 2", "an edge");
    }

    @Test
    void a_cluster_that_cannot_be_is_wrong_usage_and_one_that_does_not_fit_is_told()
            throws IOException {
        assertThat(execute("simulate-cluster", "--edges=0")).isEqualTo(2);
        assertThat(execute("simulate-cluster", "--sites=far")).isEqualTo(2);
        assertThat(execute("simulate-cluster", "--edge-link=1")).isEqualTo(1);
        assertThat(err.toString()).contains("the link of an edge is too slow");
        Path file = Files.createFile(folder.resolve("a file"));
        assertThat(
                        execute(
                                "simulate-cluster",
                                "--edges=1",
                                "--sites=1",
                                "--seconds=1",
                                "--cut=1",
                                "--out=" + file))
                .isEqualTo(3);
        assertThat(err.toString()).contains("cluster.html cannot be written");
    }

    @ParameterizedTest
    @CsvSource({"500, 500", "10k, 10000", "10K, 10000", "1.5m, 1500000", "1_000, 1000"})
    void large_numbers_may_be_written_short(String text, long number) {
        assertThat(new CountConverter().convert(text)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "k", "-1", "1g", "1.k", "1e3"})
    void what_is_no_number_is_refused(String text) {
        assertThatThrownBy(() -> new CountConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "' is not a number");
    }

    @Test
    void a_corpus_is_written_as_asked_and_its_progress_is_shown() {
        Path corpus = folder.resolve("corpus");

        int code =
                execute(
                        "corpus",
                        corpus.toString(),
                        "--serials=1k",
                        "--revoked=0.25",
                        "--date=2026-11-21",
                        "--files=csv,crl");

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString())
                .isEqualTo("1,000 serials, 250 of them revoked, in %s%n".formatted(corpus));
        assertThat(corpus.resolve("statuses.csv")).content().hasLineCount(1_001);
        assertThat(corpus.resolve("revocations.crl")).exists();
        assertThat(corpus.resolve("index.txt")).doesNotExist();
        assertThat(progress.toString(StandardCharsets.UTF_8))
                .contains("statuses.csv", "revocations.crl", "100%");
    }

    @Test
    void a_corpus_that_cannot_be_is_wrong_usage_and_one_that_cannot_be_written_is_told()
            throws IOException {
        assertThat(execute("corpus", folder.toString(), "--revoked=2")).isEqualTo(2);
        assertThat(execute("corpus", folder.toString(), "--serials=0")).isEqualTo(2);
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(execute("corpus", file.resolve("below").toString())).isEqualTo(3);
        assertThat(err.toString())
                .contains(
                        "revoked share 2.0 is not in 0 to 1",
                        "serials: 0 is not in 1 to 1,000,000,000",
                        "precert-load: " + file);
    }

    @Test
    void targets_of_all_files_that_are_there_are_printed() throws IOException {
        MeasurementOrigin origin =
                new MeasurementOrigin(
                        "2026-11-21T12:00:00Z", "Processor", "precert-ocsp", "abc1234");
        write("compare.json", origin, TargetResult.atLeast("1", "ours / nginx", 1.5, 1.8));
        write("scale.json", origin, TargetResult.atMost("12", "start, s", 1, 2.2));

        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.move(folder.resolve("scale.json"), elsewhere.resolve("scale.json"));

        assertThat(execute("targets", folder.toString(), elsewhere.toString()))
                .as(err.toString())
                .isZero();

        assertThat(out.toString().lines())
                .startsWith("Processor, precert-ocsp, commit abc1234, 2026-11-21T12:00:00Z.")
                .contains(
                        "| 1 | ours / nginx | ≥ 1.50 | 1.80 |  | met |",
                        "| 12 | start, s | ≤ 1.00 | 2.20 |  | **missed** |");
    }

    @Test
    void a_folder_without_measurements_is_told_how_to_get_them() {
        assertThat(execute("targets", folder.toString())).isEqualTo(3);
        assertThat(err.toString())
                .contains("holds none of compare.json, scale.json, bench.json")
                .contains("--out " + folder);
    }

    private void write(String file, MeasurementOrigin origin, TargetResult line)
            throws IOException {
        Files.writeString(
                folder.resolve(file),
                MeasurementJson.of(
                        Map.of("any", "thing"),
                        new MeasurementJson.Essence(origin, List.of(line))));
    }

    @Test
    void comparisons_that_do_not_exist_and_plans_that_make_no_sense_are_wrong_usage() {
        assertThat(execute("compare", "--quick", "--only", "get,apache")).isEqualTo(2);
        assertThat(execute("compare", "--quick", "--serials", "50")).isEqualTo(2);
        assertThat(execute("compare", "--quick", "--stored", "60")).isEqualTo(2);
        assertThat(execute("compare", "--quick", "--rounds", "0")).isEqualTo(2);
        assertThat(execute("scale", "--up-to", "0")).isEqualTo(2);
        assertThat(execute("scale", "--up-to", "many")).isEqualTo(2);
        assertThat(execute()).isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        "there is no comparison 'apache'",
                        "serials: 50 must be more than the 100 that are requested repeatedly",
                        "serials: 60 must be more than the 100 that are requested repeatedly",
                        "rounds and connections are 1 at least",
                        "at least one serial is needed",
                        "'many' is not a number such as",
                        "name a command");
    }

    @Test
    void a_distribution_that_is_not_there_cannot_be_measured() {
        Path nothing = folder.resolve("nothing");

        assertThat(execute("compare", "--quick", "--ours", nothing.toString())).isEqualTo(3);
        assertThat(execute("scale", "--quick", "--ours", nothing.toString())).isEqualTo(3);
        assertThat(err.toString()).contains(nothing + "/bin/precert-ocsp is not there");
    }

    @Test
    void a_named_work_folder_must_be_empty_and_stays() throws IOException {
        Path work = folder.resolve("work");
        try (WorkDirectory named = WorkDirectory.at(Optional.of(work))) {
            Files.createFile(named.directory().resolve("store"));
        }
        assertThat(work.resolve("store")).exists();
        assertThatIOException()
                .isThrownBy(() -> WorkDirectory.at(Optional.of(work)))
                .withMessageContaining("is not empty");
    }

    @Test
    void a_temporary_work_folder_goes_with_everything_in_it() throws IOException {
        Path kept;
        try (WorkDirectory temporary = WorkDirectory.at(Optional.empty())) {
            kept = temporary.directory();
            Files.createFile(Files.createDirectories(kept.resolve("a/b")).resolve("c"));
        }
        assertThat(kept).doesNotExist();
    }

    @Test
    void steps_are_printed_with_the_time_since_the_start() {
        ElapsedTimePrinter lines = new ElapsedTimePrinter(new PrintWriter(out, true));

        lines.print("loading it …");

        assertThat(out.toString()).matches(" {3}0:0\\d {2}loading it …\\R");
    }
}
