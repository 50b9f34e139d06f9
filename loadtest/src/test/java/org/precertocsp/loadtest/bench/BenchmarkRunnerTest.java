package org.precertocsp.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.precertocsp.loadtest.report.TargetResult;

/// Every benchmark once, briefly and in this process: they fail here before they mislead anybody.
final class BenchmarkRunnerTest {
    /// Of each benchmark one line for each set of parameters.
    private static final int LINES = 2 + 2 + 2 + 20 + 1 + 4 + 1 + 4 + 3 + 2 + 4 + 2 + 1;

    @TempDir static Path directory;

    @BeforeAll
    static void share_one_scratch_folder() {
        System.setProperty(BenchmarkDirectory.PROPERTY, directory.toString());
        System.setProperty("jmh.ignoreLock", "true");
    }

    @AfterAll
    static void forget_it() {
        System.clearProperty(BenchmarkDirectory.PROPERTY);
        System.clearProperty("jmh.ignoreLock");
    }

    @Test
    void every_benchmark_runs_and_has_a_line_with_its_garbage() throws Exception {
        Path json = directory.resolve("results.json");

        Collection<RunResult> results =
                new BenchmarkRunner("", BenchmarkRunner.Effort.GLANCE, Optional.of(json))
                        .run(VerboseMode.SILENT);

        StringWriter table = new StringWriter();
        BenchmarkTable.print(results, new PrintWriter(table));
        assertThat(results).hasSize(LINES);
        assertThat(table.toString().lines()).hasSize(1 + LINES);
        assertThat(table.toString())
                .contains(
                        "Sign.response (P256, CORRETTO)",
                        "BulkLoad.csv (2,000 records)",
                        "Skim.tiles ",
                        " rec");
        assertThat(BenchmarkTargets.of(results))
                .extracting(TargetResult::number)
                .containsOnly(TargetResult.MORE, TargetResult.LOGS);
        assertThat(Files.readString(json)).contains("gc.alloc.rate.norm");
    }

    @Test
    void a_name_that_no_benchmark_has_is_refused() {
        assertThatThrownBy(
                        () ->
                                new BenchmarkRunner(
                                                "nothing",
                                                BenchmarkRunner.Effort.GLANCE,
                                                Optional.empty())
                                        .run(VerboseMode.SILENT))
                .isInstanceOf(NoBenchmarksException.class);
    }
}
