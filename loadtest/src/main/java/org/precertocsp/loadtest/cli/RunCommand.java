package org.precertocsp.loadtest.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.precertocsp.loadtest.drive.ConnectionSettings;
import org.precertocsp.loadtest.drive.LoadDriver;
import org.precertocsp.loadtest.drive.LoadTestPlan;
import org.precertocsp.loadtest.drive.MaximumRateSearch;
import org.precertocsp.loadtest.drive.RequestFailure;
import org.precertocsp.loadtest.drive.RequestPacing;
import org.precertocsp.loadtest.drive.RunProgressListener;
import org.precertocsp.loadtest.drive.TargetUnreachableException;
import org.precertocsp.loadtest.report.RunReport;
import org.precertocsp.loadtest.requests.CertificateSerialReader;
import org.precertocsp.loadtest.requests.RequestStream;
import org.precertocsp.loadtest.requests.SerialListReader;
import org.precertocsp.loadtest.requests.SerialPopulation;
import org.precertocsp.loadtest.requests.SerialTable;
import org.precertocsp.loadtest.requests.TargetUrl;
import org.precertocsp.loadtest.requests.Workload;
import org.precertocsp.loadtest.verify.OcspAnswerVerifier;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

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
    private SerialSourceOptions subject = new SerialSourceOptions();

    @ArgGroup(validate = false, heading = "%nRate and duration:%n")
    private PacingOptions pace = new PacingOptions();

    @ArgGroup(validate = false, heading = "%nMix of requests:%n")
    private WorkloadOptions mix = new WorkloadOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n")
    private OutputOptions output = new OutputOptions();

    private final ErrorTerminal terminal;

    public RunCommand(ErrorTerminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, TargetUnreachableException, InterruptedException {
        LoadTestPlan plan;
        RequestStream stream;
        SerialPopulation population;
        try {
            plan = pace.plan(TargetUrl.of(url));
            Workload requests = mix.mix();
            population = subject.population(requests.seed());
            stream = RequestStream.of(population, requests);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        RunReport report = measure(plan, stream, new OcspAnswerVerifier(population.issuer()));
        PrintWriter out = spec.commandLine().getOut();
        out.print(report.table());
        out.flush();
        output.write(report);
        return exitCode(report);
    }

    private RunReport measure(LoadTestPlan plan, RequestStream stream, OcspAnswerVerifier check)
            throws TargetUnreachableException, InterruptedException {
        try (RunProgressBar progress = RunProgressBar.on(terminal)) {
            List<RunReport.Entry> entries =
                    pace.findMaximum()
                            ? search(plan, stream, check, progress)
                            : List.of(
                                    new RunReport.Entry(
                                            name(plan),
                                            LoadDriver.run(plan, stream, check, progress)));
            return new RunReport("precert-load run " + plan.target(), entries);
        }
    }

    private List<RunReport.Entry> search(
            LoadTestPlan plan,
            RequestStream stream,
            OcspAnswerVerifier check,
            RunProgressListener progress)
            throws TargetUnreachableException, InterruptedException {
        MaximumRateSearch.Maximum maximum = pace.search().run(plan, stream, check, progress);
        List<RunReport.Entry> entries = new ArrayList<>();
        entries.add(new RunReport.Entry("saturated", maximum.saturated()));
        maximum.steps().stream()
                .map(
                        run ->
                                new RunReport.Entry(
                                        name(run.plan())
                                                + (maximum.best().equals(Optional.of(run))
                                                        ? " (maximum)"
                                                        : ""),
                                        run))
                .forEach(entries::add);
        return entries;
    }

    private static String name(LoadTestPlan plan) {
        return switch (plan.pace()) {
            case RequestPacing.Rate rate -> "%,.0f/s".formatted(rate.perSecond());
            case RequestPacing.Saturate _ -> "saturated";
        };
    }

    private int exitCode(RunReport report) {
        if (report.entries().stream().anyMatch(it -> it.run().outcome().wrongAnswers() > 0)) {
            return LoadTestExitCodes.WRONG_ANSWERS;
        }
        // A search exceeds what the server can do: requests left unsent are no failure.
        boolean failed =
                report.entries().stream()
                        .flatMap(it -> it.run().outcome().failures().keySet().stream())
                        .anyMatch(it -> it != RequestFailure.UNSENT || !pace.findMaximum());
        return failed ? LoadTestExitCodes.CANNOT : LoadTestExitCodes.OK;
    }

    /// The files for reports.
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

        void write(RunReport report) throws IOException {
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

    /// The mix of requests.
    static final class WorkloadOptions {
        @Option(
                names = "--get-share",
                paramLabel = "SHARE",
                defaultValue = "1",
                description =
                        "GET requests, the rest POST; 0 to 1, as all shares (${DEFAULT-VALUE}).")
        private double get;

        @Option(
                names = "--sha256-share",
                paramLabel = "SHARE",
                defaultValue = "0",
                description = "CertIDs under SHA-256, the rest under SHA-1 (${DEFAULT-VALUE}).")
        private double sha256;

        @Option(
                names = "--nonce-share",
                paramLabel = "SHARE",
                defaultValue = "0",
                description = "Requests with a nonce (${DEFAULT-VALUE}).")
        private double nonce;

        @Option(
                names = "--unassigned-share",
                paramLabel = "SHARE",
                defaultValue = "0",
                description =
                        "Requests for unassigned serials, random unless the list has some"
                                + " (${DEFAULT-VALUE}).")
        private double unassigned;

        @Option(
                names = "--zipf",
                paramLabel = "S",
                description =
                        "Popular serials more often: the n-th has a weight of 1/n^S; 0 is uniform."
                                + " Without it each serial is requested in turn.")
        private @Nullable Double zipf;

        @Option(
                names = "--seed",
                paramLabel = "N",
                defaultValue = "1",
                description = "The same seed gives the same requests (${DEFAULT-VALUE}).")
        private long seed;

        /// @throws IllegalArgumentException if a number is out of range
        Workload mix() {
            Workload.Order order =
                    zipf == null ? new Workload.Order.Sequential() : new Workload.Order.Zipf(zipf);
            return new Workload(new Workload.Shares(get, sha256, nonce, unassigned), order, seed);
        }
    }

    /// Rate, duration and connections.
    static final class PacingOptions {
        private static final int MOST_CONNECTIONS = 20_000;
        private static final int DEEPEST = 1_000;

        @Option(
                names = "--rate",
                paramLabel = "N",
                description = "Requests per second on a fixed schedule, whatever the answers do.")
        private @Nullable Double rate;

        @Option(
                names = "--find-maximum",
                description =
                        "Saturate, then close in on the highest rate at which p99 stays below"
                                + " --p99-limit and nothing queues.")
        private boolean findMaximum;

        @Option(
                names = "--p99-limit",
                paramLabel = "MS",
                defaultValue = "10",
                description = "For --find-maximum, in milliseconds (${DEFAULT-VALUE}).")
        private double p99Limit;

        @Option(
                names = "--duration",
                paramLabel = "TIME",
                defaultValue = "10s",
                converter = DurationConverter.class,
                description = "Measured time of a run, such as 30s or 5m (${DEFAULT-VALUE}).")
        private Duration duration = Duration.ZERO;

        @Option(
                names = "--warm-up",
                paramLabel = "TIME",
                defaultValue = "3s",
                converter = DurationConverter.class,
                description = "Sent before and not measured (${DEFAULT-VALUE}).")
        private Duration warmUp = Duration.ZERO;

        @Option(
                names = "--connections",
                paramLabel = "N",
                defaultValue = "64",
                description = "Open at a time (${DEFAULT-VALUE}).")
        private int connections;

        @Option(names = "--no-keep-alive", description = "One connection per request.")
        private boolean noKeepAlive;

        @Option(
                names = "--pipeline",
                paramLabel = "N",
                defaultValue = "1",
                description =
                        "Requests sent on a connection before the first answer (${DEFAULT-VALUE}).")
        private int pipeline;

        @Option(
                names = "--verify-every",
                paramLabel = "N",
                defaultValue = "1000",
                description =
                        "Check one in N answers completely; the first of each kind always"
                                + " (${DEFAULT-VALUE}).")
        private int verifyEvery;

        /// A plan that saturates, unless a rate is given.
        ///
        /// @throws IllegalArgumentException if numbers are out of range or contradict each other
        LoadTestPlan plan(TargetUrl target) {
            require(rate == null || !findMaximum, "--rate and --find-maximum exclude each other");
            require(rate == null || rate > 0, "--rate is above 0");
            require(
                    connections >= 1 && connections <= MOST_CONNECTIONS,
                    "--connections is from 1 to " + MOST_CONNECTIONS);
            require(pipeline >= 1 && pipeline <= DEEPEST, "--pipeline is from 1 to " + DEEPEST);
            require(pipeline == 1 || !noKeepAlive, "--pipeline needs connections that stay open");
            require(verifyEvery >= 0, "--verify-every is not negative");
            require(!duration.isZero(), "--duration is above 0");
            return new LoadTestPlan(
                    target,
                    rate == null ? new RequestPacing.Saturate() : new RequestPacing.Rate(rate),
                    new ConnectionSettings(connections, !noKeepAlive, pipeline),
                    warmUp,
                    duration,
                    verifyEvery);
        }

        boolean findMaximum() {
            return findMaximum;
        }

        MaximumRateSearch search() {
            return new MaximumRateSearch(Duration.ofNanos(Math.round(p99Limit * 1e6)), 6);
        }

        private static void require(boolean holds, String rule) {
            if (!holds) {
                throw new IllegalArgumentException(rule);
            }
        }

        /// Durations as people write them: `500ms`, `30s`, `5m`, `1h`; a bare number is seconds.
        static final class DurationConverter implements ITypeConverter<Duration> {
            private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)?");

            @Override
            public Duration convert(String text) {
                Matcher matcher = FORM.matcher(text);
                if (!matcher.matches()) {
                    throw new TypeConversionException(
                            "'%s' is not a duration like 500ms, 30s, 5m or 1h".formatted(text));
                }
                long number = Long.parseLong(matcher.group(1));
                return switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(number);
                    case "m" -> Duration.ofMinutes(number);
                    case "h" -> Duration.ofHours(number);
                    case null, default -> Duration.ofSeconds(number);
                };
            }
        }
    }

    /// The serials to request.
    static final class SerialSourceOptions {
        @Option(
                names = "--issuer",
                paramLabel = "FILE",
                description = "Certificate of the CA, PEM or DER. A corpus has its own.")
        private @Nullable Path issuer;

        @Option(
                names = "--serials",
                paramLabel = "FILE",
                description =
                        "One serial in hexadecimal per line, optionally followed by ,good ,revoked or"
                                + " ,unassigned: the expected answer.")
        private @Nullable Path serials;

        @Option(
                names = "--certificates",
                paramLabel = "PATH",
                arity = "1..*",
                description = "Certificates or precertificates, files or folders.")
        private List<Path> certificates = List.of();

        @Option(
                names = "--corpus",
                paramLabel = "DIR",
                description = "A directory made by precert-load corpus.")
        private @Nullable Path corpus;

        /// @throws IllegalArgumentException unless exactly one source is named, and an issuer if it
        ///   has none
        SerialPopulation population(long seed) throws IOException {
            int sources =
                    (serials == null ? 0 : 1)
                            + (certificates.isEmpty() ? 0 : 1)
                            + (corpus == null ? 0 : 1);
            if (sources != 1) {
                throw new IllegalArgumentException(
                        "name one of --serials, --certificates and --corpus");
            }
            IssuerCertificate authority = authority();
            if (!certificates.isEmpty()) {
                return SerialPopulation.of(
                        authority, CertificateSerialReader.read(authority, certificates), seed);
            }
            SerialListReader.Lists lists =
                    SerialListReader.read(
                            corpus == null ? serials() : corpus.resolve("serials.csv"));
            SerialTable assigned = lists.assigned();
            return lists.unassigned().size() == 0
                    ? SerialPopulation.of(authority, assigned, seed)
                    : new SerialPopulation(authority, assigned, lists.unassigned());
        }

        private Path serials() {
            return Optional.ofNullable(serials)
                    .orElseThrow(() -> new IllegalArgumentException("name --serials"));
        }

        private IssuerCertificate authority() throws IOException {
            Path file = issuer;
            if (file == null && corpus != null) {
                file = corpus.resolve("issuer.pem");
            }
            if (file == null) {
                throw new IllegalArgumentException(
                        "--issuer is missing: name the certificate of the CA that issued the serials");
            }
            try {
                return CertificateFile.readFirst(file);
            } catch (InvalidCertificateException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
    }

    /// A bar on a terminal, a line every five seconds elsewhere.
    static final class RunProgressBar implements RunProgressListener, AutoCloseable {
        private static final int WIDTH = 79;
        private static final int LINE_EVERY = 5;

        private final PrintStream out;
        private final Optional<ProgressBar> bar;
        private int calls;

        private RunProgressBar(PrintStream out, Optional<ProgressBar> bar) {
            this.out = out;
            this.bar = bar;
        }

        static RunProgressBar on(ErrorTerminal terminal) {
            PrintStream out = terminal.stream();
            return new RunProgressBar(
                    out, terminal.watched() ? Optional.of(bar(out)) : Optional.empty());
        }

        private static ProgressBar bar(PrintStream out) {
            return new ProgressBarBuilder()
                    .setTaskName("asking")
                    .setInitialMax(1)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUnit(" s", 1)
                    .clearDisplayOnFinish()
                    // With a fixed width the library calls no native code to query the terminal.
                    .setConsumer(new ConsoleProgressBarConsumer(out, WIDTH))
                    .build();
        }

        @Override
        public void passed(Standing now) {
            String figures =
                    "%,d/s, %,d failed, %,d wrong"
                            .formatted(now.perSecond(), now.failed(), now.wrong());
            if (bar.isPresent()) {
                ProgressBar shown = bar.get();
                shown.maxHint(now.total().toSeconds());
                shown.stepTo(Math.min(now.elapsed().toSeconds(), now.total().toSeconds()));
                shown.setExtraMessage(figures);
            } else if (calls++ % LINE_EVERY == 0) {
                out.printf(
                        "%d of %d s: %s%n",
                        now.elapsed().toSeconds(), now.total().toSeconds(), figures);
            }
        }

        @Override
        public void close() {
            bar.ifPresent(ProgressBar::close);
        }
    }
}
