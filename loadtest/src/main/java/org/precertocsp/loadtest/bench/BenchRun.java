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
import org.openjdk.jmh.runner.options.VerboseMode;

/// Runs benchmarks through JMH, in Java processes like this one: same runtime, class path and
/// options.
///
/// @param regex which benchmarks; empty for all
/// @param json where JMH's own results go, for its tools
record BenchRun(String regex, Effort effort, Optional<Path> json) {
    /// Blocks until all are done; JMH tells of its progress on standard output.
    ///
    /// @throws RunnerException a benchmark failed, or none has such a name
    Collection<RunResult> run(VerboseMode verbosity) throws IOException, RunnerException {
        try (Scratch scratch = Scratch.create()) {
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
}
