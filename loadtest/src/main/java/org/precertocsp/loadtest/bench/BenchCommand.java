package org.precertocsp.loadtest.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.precertocsp.loadtest.report.MeasurementJson;
import org.precertocsp.loadtest.report.MeasurementOrigin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `bench`: measures parts of the responder, one at a time.
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures pieces of precert-ocsp, each in Java processes of its own.",
            "",
            "Prints time, throughput and garbage of each operation: decoding, looking up, answering"
                    + " from memory, from disk and live, reassembling, signing, reading lists and"
                    + " CRLs, skimming logs, sorting, loading, revoking. The whole takes about ten"
                    + " minutes; nothing else should run meanwhile. Writes bench.json for"
                    + " `targets`."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-load bench --quick",
            "  precert-load bench 'Sign.*raw' --json sign.json"
        })
public final class BenchCommand implements Callable<Integer> {
    private static final int OK = 0;
    private static final int FAILED = 1;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..1",
            paramLabel = "REGEX",
            defaultValue = "",
            description = "Only benchmarks whose name it is found in (default: all).")
    private String regex = "";

    @Option(
            names = "--quick",
            description = "Short runs on small files: for a change in code, not for a report.")
    private boolean quick;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write JMH's own results there, for its tools.")
    private @Nullable Path json;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "DIR",
            defaultValue = ".",
            description = "directory for bench.json (default: this one)")
    private Path output = Path.of(".");

    @Override
    public Integer call() throws IOException {
        BenchmarkRunner run =
                new BenchmarkRunner(
                        regex,
                        quick ? BenchmarkRunner.Effort.QUICK : BenchmarkRunner.Effort.FULL,
                        Optional.ofNullable(json));
        PrintWriter out = spec.commandLine().getOut();
        MeasurementOrigin origin = origin();
        try {
            Collection<RunResult> results = run.run(VerboseMode.NORMAL);
            out.println();
            BenchmarkTable.print(results, out);
            write(origin, results);
            return OK;
        } catch (RunnerException e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(e.getMessage());
            err.flush();
            return FAILED;
        }
    }

    private void write(MeasurementOrigin origin, Collection<RunResult> results) throws IOException {
        Path folder = Files.createDirectories(output);
        Files.writeString(
                folder.resolve("bench.json"),
                MeasurementJson.of(
                        Map.of("results", BenchmarkTable.lines(results)),
                        new MeasurementJson.Essence(origin, BenchmarkTargets.of(results))));
    }

    /// Benchmarks measure the code on this program's own class path.
    private static MeasurementOrigin origin() {
        String first = System.getProperty("java.class.path", "").split(":", 2)[0];
        return MeasurementOrigin.now("Java " + Runtime.version(), Path.of(first));
    }
}
