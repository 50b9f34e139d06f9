package org.precertocsp.loadtest.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Runs benchmarks through JMH, in Java processes like this one: same runtime, class path and
/// options.
///
/// @param regex selects benchmarks; empty for all
/// @param json the file for JMH's own results, for its tools
record BenchmarkRunner(String regex, Effort effort, Optional<Path> json) {
    /// Blocks until all are done; JMH prints its progress to standard output.
    ///
    /// @throws RunnerException a benchmark failed, or none has such a name
    Collection<RunResult> run(VerboseMode verbosity) throws IOException, RunnerException {
        try (BenchmarkDirectory scratch = BenchmarkDirectory.create()) {
            ChainedOptionsBuilder options =
                    new OptionsBuilder()
                            .include(regex)
                            .addProfiler(GCProfiler.class)
                            .shouldFailOnError(true)
                            .verbosity(verbosity)
                            .jvmArgsAppend(scratch.jvmArgument());
            effort.applyTo(options);
            json.ifPresent(
                    file -> options.resultFormat(ResultFormatType.JSON).result(file.toString()));
            return new Runner(options.build()).run();
        }
    }

    /// How thoroughly to measure.
    ///
    /// @param forks Java processes for each benchmark, one after the other; 0 stays in this one,
    ///   for tests
    /// @param milliseconds of each iteration; a pass over a large file is not cut short
    /// @param records in every store and file
    record Effort(int forks, int warmups, int measurements, int milliseconds, int records) {
        static final Effort FULL = new Effort(1, 3, 4, 1_000, 1_000_000);

        /// Enough to detect a change of a third.
        static final Effort QUICK = new Effort(1, 2, 3, 200, 10_000);

        /// Only shows that the benchmarks work.
        static final Effort GLANCE = new Effort(0, 0, 1, 50, 2_000);

        void applyTo(ChainedOptionsBuilder options) {
            options.forks(forks)
                    .warmupIterations(warmups)
                    .warmupTime(TimeValue.milliseconds(milliseconds))
                    .measurementIterations(measurements)
                    .measurementTime(TimeValue.milliseconds(milliseconds))
                    .param("records", Integer.toString(records));
        }
    }
}
