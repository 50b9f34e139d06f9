package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.ctlog.LogAddress;
import org.precertocsp.responder.ctlog.LogHttpClient;
import org.precertocsp.responder.ctlog.LogUnavailableException;
import org.precertocsp.responder.ctlog.UnprovenLogException;
import org.precertocsp.responder.monitor.CheckJsonReport;
import org.precertocsp.responder.monitor.CheckJunitReport;
import org.precertocsp.responder.monitor.CheckLimits;
import org.precertocsp.responder.monitor.CheckMetricsServer;
import org.precertocsp.responder.monitor.CheckMetricsText;
import org.precertocsp.responder.monitor.CheckResult;
import org.precertocsp.responder.monitor.CheckRound;
import org.precertocsp.responder.monitor.CheckRunner;
import org.precertocsp.responder.monitor.CheckSubject;
import org.precertocsp.responder.monitor.CheckTextReport;
import org.precertocsp.responder.monitor.FileCheckSubjects;
import org.precertocsp.responder.monitor.HttpsTrust;
import org.precertocsp.responder.monitor.LogCheckSubjects;
import org.precertocsp.responder.monitor.RawHttpClient;
import org.precertocsp.responder.monitor.RawHttpLimits;
import org.precertocsp.responder.monitor.ResponderChecker;
import org.precertocsp.responder.monitor.RuleVerdict;
import org.precertocsp.signer.InvalidCertificateException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `check`: checks any responder from outside.
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = {
            "Checks any OCSP responder by its answers, rule by rule.",
            "",
            "Requests the status of each precertificate and certificate over GET and POST, "
                    + "with SHA-1 and SHA-256 CertIDs, and tries each responder once with random "
                    + "serials, unusual GET paths, nonces and odd requests: some 30 requests. Each rule"
                    + " passes, warns (recommended only), fails or does not apply; the output shows the"
                    + " evidence.",
            "",
            "With --ct-log it checks the newest precertificates of a log, each proven by the "
                    + "log's signed tree.",
            "",
            "The requests go to the OCSP URL in the certificates, unless --url names another."
        },
        sortOptions = false,
        exitCodeOnExecutionException = ExitCodes.CANNOT,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:no rule failed",
            "1:some rule failed (with --strict, or warned)",
            ExitCodes.USAGE_HELP,
            "3:no request could be sent, or a certificate could not be checked"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-ocsp check precertificate.pem --issuer issuer.pem",
            "  precert-ocsp check certificate.pem             # issuer fetched from its caIssuers URL",
            "  precert-ocsp check directory/ --issuer ca.pem --failures --junit check.xml",
            "  precert-ocsp check leaf.pem --issuer ca.pem --url http://127.0.0.1:8080",
            "  precert-ocsp check --ct-log 'Some log 2026h2' --log-list log_list.json --issuer"
                    + " ca.pem --last 20",
            "  precert-ocsp check directory/ --issuer ca.pem --watch 5m --metrics-listen"
                    + " 127.0.0.1:9464"
        })
public final class CheckCommand implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "CERT",
            arity = "0..*",
            description =
                    "precertificates and certificates, PEM or DER; a directory stands for its files")
    private List<Path> files = List.of();

    @Option(
            names = "--ct-log",
            paramLabel = "LOG",
            description =
                    "a Certificate Transparency log whose newest precertificates are checked:"
                            + " its URL; with --log-list its description or base64 log ID")
    private @Nullable String log;

    @Mixin private CtLogOptions logOptions = new CtLogOptions();

    @Option(
            names = "--last",
            paramLabel = "N",
            defaultValue = "20",
            description =
                    "how many precertificates of the log, those of the CAs given with --issuer;"
                            + " without it of every CA (default: ${DEFAULT-VALUE})")
    private int last = 20;

    @Option(
            names = "--reach",
            paramLabel = "N",
            defaultValue = "100000",
            description =
                    "how many of the log's newest entries are searched for them (default:"
                            + " ${DEFAULT-VALUE})")
    private long reach = 100_000;

    @Option(
            names = "--issuer",
            paramLabel = "FILE",
            description =
                    "CA certificates, and Precertificate Signing Certificates (repeatable); without it they are fetched from the caIssuers URLs of the certificates")
    private List<Path> issuers = List.of();

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "URL of the responder, in place of the one in the certificates")
    private @Nullable String url;

    @Option(
            names = "--cacert",
            paramLabel = "FILE",
            description = "CA of the TLS certificates of https URLs (default: those Java trusts)")
    private @Nullable Path tlsAuthority;

    @Option(
            names = "--private-addresses",
            description =
                    "fetch issuers' certificates from private and loopback addresses too, if "
                            + "certificates name those")
    private boolean privateAddresses;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            defaultValue = "tls",
            converter = ProfileName.class,
            description =
                    "the rules to apply: tls, code-signing, smime or private (default: ${DEFAULT-VALUE})")
    private IssuerProfile profile = IssuerProfile.TLS;

    @Option(
            names = "--ca-certificates",
            description =
                    "check CA certificates too; without it they are only used to find issuers")
    private boolean authorities;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "15s",
            converter = DurationConverter.class,
            description = "for each request (default: ${DEFAULT-VALUE})")
    private Duration timeout = Duration.ofSeconds(15);

    @Option(
            names = "--strict",
            description = "warnings (recommendations not followed) make the exit code 1 too")
    private boolean strict;

    @Option(
            names = "--failures",
            description = "print only rules that failed or warn, not those that passed")
    private boolean failuresOnly;

    @Option(names = "--json", description = "print one JSON object (with --watch, one a round)")
    private boolean json;

    @Option(
            names = "--junit",
            paramLabel = "FILE",
            description = "write the verdicts as JUnit XML, too")
    private @Nullable Path junit;

    @Option(
            names = "--watch",
            paramLabel = "INTERVAL",
            converter = DurationConverter.class,
            description = "repeat the check after this pause, until SIGTERM")
    private @Nullable Duration watch;

    @Option(
            names = "--metrics-listen",
            paramLabel = "ADDRESS",
            converter = ListenAddress.class,
            description =
                    "serve Prometheus metrics of the last round at http://ADDRESS/metrics, such as"
                            + " 127.0.0.1:9464; with --watch")
    private @Nullable InetSocketAddress metrics;

    private CheckCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    public static CommandLine line(CommandEnvironment environment) {
        return new CommandLine(new CheckCommand(environment));
    }

    @Override
    public Integer call() throws IOException {
        mistake()
                .ifPresent(
                        mistake -> {
                            throw new ParameterException(spec.commandLine(), mistake);
                        });
        RawHttpClient wire;
        try {
            wire =
                    new RawHttpClient(
                            RawHttpLimits.within(timeout),
                            environment.clock(),
                            HttpsTrust.in(Optional.ofNullable(tlsAuthority)));
        } catch (InvalidCertificateException e) {
            return CommandErrorHandler.report(spec, String.valueOf(e.getMessage()));
        }
        CheckRunner monitor =
                new CheckRunner(
                        new ResponderChecker(profile, environment.clock()),
                        wire,
                        CheckLimits.STANDARD,
                        environment.pause()::of);
        if (metrics == null) {
            return rounds(monitor, wire, _ -> {});
        }
        try (CheckMetricsServer page = CheckMetricsServer.start(metrics)) {
            say("metrics at http://%s/metrics".formatted(page.address()));
            return rounds(monitor, wire, page::show);
        }
    }

    /// Why the options contradict each other, or empty.
    private Optional<String> mistake() {
        if (files.isEmpty() && log == null) {
            return Optional.of("name certificates, or a log with --ct-log");
        }
        if (log == null && logOptions.given()) {
            return Optional.of("--key and --log-list are about a log: name it with --ct-log");
        }
        Optional<String> ofLog = log == null ? Optional.empty() : logOptions.mistake(log);
        if (ofLog.isPresent()) {
            return ofLog;
        }
        if (metrics != null && watch == null) {
            return Optional.of("--metrics-listen needs --watch");
        }
        if (timeout.isZero() || last < 1 || reach < 1) {
            return Optional.of("--timeout, --last and --reach must be more than 0");
        }
        return Optional.empty();
    }

    /// Shows the metrics of a round.
    @FunctionalInterface
    private interface Shown {
        void show(String metrics);
    }

    private int rounds(CheckRunner monitor, RawHttpClient wire, Shown shown) throws IOException {
        for (long rounds = 1; ; rounds++) {
            CheckRound round = round(monitor, wire);
            print(round);
            shown.show(CheckMetricsText.of(round, rounds));
            if (watch == null || !waited(watch)) {
                return exitCode(round);
            }
        }
    }

    /// Reads files and log again for each round: their content may change during `--watch`.
    private CheckRound round(CheckRunner monitor, RawHttpClient wire) {
        FileCheckSubjects.Result read = subjects(wire);
        try (ProgressDisplay progress =
                ProgressDisplay.items(environment.terminal(), "checking", read.subjects().size())) {
            CheckRound round =
                    monitor.round(read.subjects(), subject -> progress.next(subject.name()));
            List<String> problems = new ArrayList<>(read.problems());
            problems.addAll(round.problems());
            return new CheckRound(round.at(), round.judgements(), problems);
        }
    }

    /// The certificates of one round, from files and from a log. Problems with reading them are
    /// part of the result. Blocks on the network.
    private FileCheckSubjects.Result subjects(RawHttpClient open) {
        RawHttpClient wire = privateAddresses ? open : open.publicOnly();
        List<CheckSubject> subjects = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        if (!files.isEmpty()) {
            FileCheckSubjects.Result read =
                    FileCheckSubjects.read(
                            new FileCheckSubjects.Request(
                                    files, issuers, Optional.ofNullable(url), authorities),
                            wire);
            subjects.addAll(read.subjects());
            problems.addAll(read.problems());
            read.notes().forEach(this::say);
        }
        if (log != null) {
            try {
                LogCheckSubjects.Result logged = subjects(logOptions.address(log), wire);
                subjects.addAll(logged.subjects());
                problems.addAll(logged.problems());
                logged.notes().forEach(this::say);
            } catch (CommandException e) {
                problems.add(e.explanation());
            }
        }
        return new FileCheckSubjects.Result(
                List.copyOf(subjects), List.copyOf(problems), List.of());
    }

    private LogCheckSubjects.Result subjects(LogAddress address, RawHttpClient wire)
            throws CommandException {
        try (LogHttpClient http = CtLogReader.http(environment, "check")) {
            return LogCheckSubjects.read(
                    address.open(http).log(),
                    new LogCheckSubjects.Request(
                            address.name(),
                            last,
                            reach,
                            issuers,
                            Optional.ofNullable(url),
                            environment.clock().instant()),
                    wire);
        } catch (LogUnavailableException e) {
            throw new CommandException("the log does not answer: " + e.getMessage(), e);
        } catch (UnprovenLogException e) {
            throw new CommandException(
                    "%s cannot be trusted: %s".formatted(address.name(), e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", e);
        }
    }

    private boolean waited(Duration interval) {
        try {
            environment.pause().of(interval);
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void print(CheckRound round) throws IOException {
        round.problems().forEach(this::say);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(CheckJsonReport.line(round));
            out.flush();
        } else {
            Ansi ansi = spec.commandLine().getColorScheme().ansi();
            new CheckTextReport(out, !failuresOnly, ansi::string, SafeText::of).print(round);
        }
        if (junit != null) {
            CheckJunitReport.write(round, junit);
        }
    }

    private void say(String problem) {
        int _ = CommandErrorHandler.report(spec, problem);
    }

    private int exitCode(CheckRound round) {
        boolean failed = round.judgements().stream().anyMatch(this::isFailure);
        if (failed) {
            return ExitCodes.REFUSED;
        }
        return round.problems().isEmpty() && !round.judgements().isEmpty()
                ? ExitCodes.OK
                : ExitCodes.CANNOT;
    }

    private boolean isFailure(CheckResult judgement) {
        return judgement.failed() || (strict && judgement.count(RuleVerdict.WARN) > 0);
    }

    /// Converts the name of a profile in a configuration.
    static final class ProfileName implements ITypeConverter<IssuerProfile> {
        @Override
        public IssuerProfile convert(String name) {
            return IssuerProfile.named(name)
                    .orElseThrow(
                            () ->
                                    new TypeConversionException(
                                            "no profile is called '%s'; there are tls,"
                                                            .formatted(name)
                                                    + " code-signing, smime and private"));
        }
    }

    /// Converts addresses such as `127.0.0.1:9464` and `[::1]:9464`.
    static final class ListenAddress implements ITypeConverter<InetSocketAddress> {
        @Override
        public InetSocketAddress convert(String text) {
            int colon = text.lastIndexOf(':');
            try {
                int port = Integer.parseInt(text.substring(colon + 1));
                InetAddress host = InetAddress.getByName(text.substring(0, Math.max(0, colon)));
                return new InetSocketAddress(host, port);
            } catch (IllegalArgumentException | UnknownHostException e) {
                throw new TypeConversionException(
                        "'%s' is not an address such as 127.0.0.1:9464".formatted(text));
            }
        }
    }
}
