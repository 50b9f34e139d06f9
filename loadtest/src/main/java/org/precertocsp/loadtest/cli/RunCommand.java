package org.precertocsp.loadtest.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.precertocsp.loadtest.drive.Failure;
import org.precertocsp.loadtest.drive.LoadDriver;
import org.precertocsp.loadtest.drive.LoadPlan;
import org.precertocsp.loadtest.drive.MaximumSearch;
import org.precertocsp.loadtest.drive.Pace;
import org.precertocsp.loadtest.drive.Progress;
import org.precertocsp.loadtest.drive.TargetUnreachable;
import org.precertocsp.loadtest.report.Report;
import org.precertocsp.loadtest.requests.Mix;
import org.precertocsp.loadtest.requests.Population;
import org.precertocsp.loadtest.requests.RequestSupply;
import org.precertocsp.loadtest.requests.Target;
import org.precertocsp.loadtest.verify.FullCheck;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `run`: sends requests to one responder and measures it.
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Sends requests to one responder at a rate, or as fast as it answers, and measures it.",
            "",
            "Latency counts from the moment a request was due, so a stall is counted against every"
                    + " request that waited for it. Without --rate and --find-maximum every connection"
                    + " sends its next request when it has been answered."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-load run --url http://localhost:8080/ --corpus corpus --rate 5000",
            "  precert-load run --url http://localhost:8080/ --corpus corpus --find-maximum \\",
            "      --zipf 1.0 --get-share 0.25 --html report.html",
            "  precert-load run --url http://ocsp.example/ --issuer ca.pem \\",
            "      --certificates issued/ --rate 10 --duration 1m --verify-every 1"
        })
public final class RunCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--url",
            required = true,
            paramLabel = "URL",
            description = "Where the responder listens, with the path requests go under.")
    private String url = "";

    @ArgGroup(validate = false, heading = "%nSerials to request:%n")
    private SubjectOptions subject = new SubjectOptions();

    @ArgGroup(validate = false, heading = "%nRate and duration:%n")
    private PaceOptions pace = new PaceOptions();

    @ArgGroup(validate = false, heading = "%nMix of requests:%n")
    private MixOptions mix = new MixOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n")
    private OutputOptions output = new OutputOptions();

    private final Terminal terminal;

    public RunCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, TargetUnreachable, InterruptedException {
        LoadPlan plan;
        RequestSupply supply;
        Population population;
        try {
            plan = pace.plan(Target.of(url));
            Mix requests = mix.mix();
            population = subject.population(requests.seed());
            supply = RequestSupply.of(population, requests);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        Report report = measure(plan, supply, new FullCheck(population.issuer()));
        PrintWriter out = spec.commandLine().getOut();
        out.print(report.table());
        out.flush();
        output.write(report);
        return exitCode(report);
    }

    private Report measure(LoadPlan plan, RequestSupply supply, FullCheck check)
            throws TargetUnreachable, InterruptedException {
        try (RunProgress progress = RunProgress.on(terminal)) {
            List<Report.Entry> entries =
                    pace.findMaximum()
                            ? search(plan, supply, check, progress)
                            : List.of(
                                    new Report.Entry(
                                            name(plan),
                                            LoadDriver.run(plan, supply, check, progress)));
            return new Report("precert-load run " + plan.target(), entries);
        }
    }

    private List<Report.Entry> search(
            LoadPlan plan, RequestSupply supply, FullCheck check, Progress progress)
            throws TargetUnreachable, InterruptedException {
        MaximumSearch.Maximum maximum = pace.search().run(plan, supply, check, progress);
        List<Report.Entry> entries = new ArrayList<>();
        entries.add(new Report.Entry("saturated", maximum.saturated()));
        maximum.steps().stream()
                .map(
                        run ->
                                new Report.Entry(
                                        name(run.plan())
                                                + (maximum.best().equals(Optional.of(run))
                                                        ? " (maximum)"
                                                        : ""),
                                        run))
                .forEach(entries::add);
        return entries;
    }

    private static String name(LoadPlan plan) {
        return switch (plan.pace()) {
            case Pace.Rate rate -> "%,.0f/s".formatted(rate.perSecond());
            case Pace.Saturate _ -> "saturated";
        };
    }

    private int exitCode(Report report) {
        if (report.entries().stream().anyMatch(it -> it.run().outcome().wrongAnswers() > 0)) {
            return ExitCodes.WRONG_ANSWERS;
        }
        // A search exceeds what the server can do: requests left unsent are no failure.
        boolean failed =
                report.entries().stream()
                        .flatMap(it -> it.run().outcome().failures().keySet().stream())
                        .anyMatch(it -> it != Failure.UNSENT || !pace.findMaximum());
        return failed ? ExitCodes.CANNOT : ExitCodes.OK;
    }

    /// Files a report goes to.
    static final class OutputOptions {
        @Option(names = "--json", paramLabel = "FILE", description = "All figures as JSON.")
        private @Nullable Path json;

        @Option(
                names = "--histogram",
                paramLabel = "FILE",
                description = "Latencies as an HdrHistogram log.")
        private @Nullable Path histogram;

        @Option(
                names = "--html",
                paramLabel = "FILE",
                description = "A page with plots that opens from disk.")
        private @Nullable Path html;

        void write(Report report) throws IOException {
            if (json != null) {
                Files.writeString(json, report.json());
            }
            if (histogram != null) {
                Files.writeString(histogram, report.histogramLog());
            }
            if (html != null) {
                Files.writeString(html, report.html());
            }
        }
    }
}
