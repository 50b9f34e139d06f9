package org.precertocsp.loadtest.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.precertocsp.loadtest.compare.ComparisonKind;
import org.precertocsp.loadtest.compare.ComparisonPage;
import org.precertocsp.loadtest.compare.ComparisonPlan;
import org.precertocsp.loadtest.compare.ComparisonReport;
import org.precertocsp.loadtest.compare.ComparisonRun;
import org.precertocsp.loadtest.compare.ComparisonTable;
import org.precertocsp.loadtest.drive.LoadTestResult;
import org.precertocsp.loadtest.peers.PeerException;
import org.precertocsp.loadtest.report.RunReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `compare`: measures our responder and other servers side by side.
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = {
            "Measures precert-ocsp against nginx, cfssl ocspserve and openssl ocsp, and against"
                    + " its own parts.",
            "",
            "Every side is a real process on one processor, the driver is on another, and sides"
                    + " take turns, round by round. Both throughput and the server's processor time for"
                    + " each answer are taken, since the driver may be the slower. All of it takes some"
                    + " 20 minutes. Writes compare.json, compare.html and compare-runs.html."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:measured, whether targets were met or not",
            "1:answers were wrong, or many requests failed",
            "2:the command line makes no sense",
            "3:could not be measured"
        })
public final class CompareCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private MeasurementOptions measuring = new MeasurementOptions();

    @Option(
            names = "--only",
            paramLabel = "PAIR",
            split = ",",
            description =
                    "which comparisons: get, wrk, post, live, live-tail, stored, cfssl, openssl,"
                            + " unassigned, tail, cold (default: all)")
    private List<String> only =
            Arrays.stream(ComparisonKind.values()).map(ComparisonKind::toString).toList();

    @Option(
            names = "--serials",
            paramLabel = "N",
            converter = CountConverter.class,
            description = "loaded before the first request (default: 10m; with --quick: 30k)")
    private @Nullable Long serials;

    @Option(
            names = "--stored",
            paramLabel = "N",
            converter = CountConverter.class,
            description =
                    "of them signed ahead for 'stored' and 'cold' (default: 2m; with --quick: 30k)")
    private @Nullable Long stored;

    @Option(names = "--rounds", paramLabel = "N", description = "default: 5; with --quick: 2")
    private @Nullable Integer rounds;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        try (WorkDirectory work = measuring.workFolder()) {
            ComparisonPlan plan = plan(work.directory());
            ComparisonRun run = new ComparisonRun(plan, new ElapsedTimePrinter(err)::print);
            ComparisonReport comparison = run.run();
            PrintWriter out = spec.commandLine().getOut();
            out.print(ComparisonTable.of(comparison));
            out.flush();
            write(comparison, run.lastRuns());
            return comparison.isSound() ? LoadTestExitCodes.OK : LoadTestExitCodes.WRONG_ANSWERS;
        } catch (PeerException | IOException e) {
            err.println("precert-load: " + e.getMessage());
            err.flush();
            return LoadTestExitCodes.CANNOT;
        }
    }

    private ComparisonPlan plan(Path work) {
        boolean quick = measuring.quick;
        try {
            return new ComparisonPlan(
                    measuring.ours(),
                    work,
                    serials != null ? serials : quick ? 30_000 : 10_000_000,
                    stored != null ? stored : quick ? 30_000 : 2_000_000,
                    quick ? 100 : 1_000,
                    measuring.connections,
                    rounds != null ? rounds : quick ? 2 : 5,
                    measuring.warmUp(),
                    measuring.measured(quick ? 300 : 3_000),
                    Duration.ofSeconds(quick ? 1 : 10),
                    pairs());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private List<ComparisonKind> pairs() {
        return only.stream()
                .map(
                        name ->
                                ComparisonKind.named(name)
                                        .orElseThrow(
                                                () ->
                                                        new IllegalArgumentException(
                                                                "there is no comparison '"
                                                                        + name
                                                                        + "'")))
                .toList();
    }

    private void write(ComparisonReport comparison, Map<String, LoadTestResult> lastRuns)
            throws IOException {
        Path out = measuring.output;
        Files.createDirectories(out);
        Files.writeString(out.resolve("compare.json"), comparison.json());
        Files.writeString(out.resolve("compare.html"), ComparisonPage.of(comparison));
        RunReport runs =
                new RunReport(
                        "precert-load compare: the last round of each side",
                        lastRuns.entrySet().stream()
                                .map(run -> new RunReport.Entry(run.getKey(), run.getValue()))
                                .toList());
        Files.writeString(out.resolve("compare-runs.html"), runs.html());
    }
}
