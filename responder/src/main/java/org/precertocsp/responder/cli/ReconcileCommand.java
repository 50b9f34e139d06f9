package org.precertocsp.responder.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.cli.ReconcileResult.ReconcileReport;
import org.precertocsp.responder.ctlog.LogAddress;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.monitor.InvalidUrlException;
import org.precertocsp.responder.monitor.ReconcileCriteria;
import org.precertocsp.responder.monitor.ReconcileSource;
import org.precertocsp.responder.monitor.ReconcileSummary;
import org.precertocsp.responder.monitor.Reconciliation;
import org.precertocsp.responder.monitor.ResponderUrl;
import org.precertocsp.responder.monitor.SourceKind;
import org.precertocsp.responder.monitor.StatusClient;
import org.precertocsp.responder.status.StoreException;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `reconcile`: checks whether all sources agree about every serial.
@Command(
        name = "reconcile",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = {
            "Compares every serial in the logs, the CA's files and the CRLs given with the "
                    + "store and with the answers of the endpoint. Works while the server runs.",
            "",
            "Reports serials without an answer, serials missing from the store, serials known"
                    + " only from a log, precertificates in no log, documents that do not belong together,"
                    + " serials used under two keys, and answers that differ from CRLs, lists or"
                    + " store. Changes nothing. Without logs, files and CRLs it compares store and"
                    + " endpoint."
        },
        sortOptions = false,
        exitCodeOnExecutionException = ExitCodes.CANNOT,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all agree",
            "1:there are differences, or an input was rejected",
            ExitCodes.USAGE_HELP,
            "3:store, file or log could not be read, or the endpoint is not there"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-ocsp reconcile -c precert-ocsp.yaml",
            "  precert-ocsp reconcile -c precert-ocsp.yaml --certificates issued/ --crl ca.crl",
            "  precert-ocsp reconcile -c precert-ocsp.yaml --since 2026-11-01 --log-list"
                    + " log_list.json --ct 'Some log 2026h2' --ct 'Other log 2026h2'"
        })
public final class ReconcileCommand implements Callable<Integer> {
    private final CommandContext.Factory contexts;
    private final CommandEnvironment environment;

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ConfigOption config = new ConfigOption();

    /// A log, and the public key that verifies it.
    private static final class Log {
        @Option(
                names = "--ct",
                required = true,
                paramLabel = "LOG",
                description =
                        "a Certificate Transparency log: its address; with --log-list its"
                                + " description or base64 log ID (repeatable, each with its --key"
                                + " or from the list)")
        private String name = "";

        @Option(
                names = "--key",
                paramLabel = "KEY",
                description =
                        "public key of that log: base64 as in log lists, or a file, PEM or DER")
        private @Nullable String key;
    }

    @ArgGroup(exclusive = false, multiplicity = "0..*")
    private List<Log> logs = new ArrayList<>();

    @Option(
            names = "--log-list",
            paramLabel = "FILE",
            description = "a log list in JSON, version 3, that has the logs without --key")
    private @Nullable Path list;

    @Option(
            names = "--merge-delay",
            paramLabel = "TIME",
            defaultValue = "24h",
            converter = DurationConverter.class,
            description =
                    "how long logs may take to show an entry; younger precertificates are not reported as missing (default: ${DEFAULT-VALUE})")
    private Duration mergeDelay = Duration.ofHours(24);

    @Option(
            names = "--certificates",
            arity = "1..*",
            paramLabel = "PATH",
            description =
                    "certificates and precertificates the CA signed: files or directories (one or"
                            + " more)")
    private List<String> certificates = List.of();

    @Option(
            names = "--index",
            arity = "1..*",
            paramLabel = "FILE",
            description = "an OpenSSL index.txt of the CA, with --issuer (one or more)")
    private List<String> indexes = List.of();

    @Option(
            names = "--csv",
            arity = "1..*",
            paramLabel = "FILE",
            description = "a CSV of the CA (one or more)")
    private List<String> csvs = List.of();

    @Option(
            names = "--crl",
            arity = "1..*",
            paramLabel = "FILE",
            description = "a CRL (one or more)")
    private List<String> crls = List.of();

    @Option(
            names = "--issuer",
            paramLabel = "FILE",
            description = "certificate of the issuer that --index and --csv are about, PEM or DER")
    private @Nullable Path issuer;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = Date.class,
            description =
                    "reads logs from then on, and skips serials that only the store knows and"
                            + " that changed last before: 2026-11-01 or 2026-11-01T12:00:00Z")
    private @Nullable Instant since;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "the URL to query, such as the public one (default: the server at its "
                            + "configured address)")
    private @Nullable String url;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            defaultValue = "16",
            description = "requests in flight at once (default: ${DEFAULT-VALUE})")
    private int inFlight = 16;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "for each request (default: ${DEFAULT-VALUE})")
    private Duration timeout = Duration.ofSeconds(10);

    @Option(
            names = "--most",
            paramLabel = "N",
            defaultValue = "10000",
            description =
                    "differences listed one by one; the others are counted (default:"
                            + " ${DEFAULT-VALUE})")
    private int most = 10_000;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description =
                    "directory for temporary data, some 150 bytes for each serial (default: "
                            + "the system's temporary directory)")
    private @Nullable Path work;

    @Mixin private OutputOptions output = new OutputOptions();

    private ReconcileCommand(CommandContext.Factory contexts, CommandEnvironment environment) {
        this.contexts = contexts;
        this.environment = environment;
    }

    public static CommandLine line(
            CommandContext.Factory contexts, CommandEnvironment environment) {
        return new CommandLine(new ReconcileCommand(contexts, environment));
    }

    @Override
    public Integer call() {
        mistake().ifPresent(this::refuse);
        ReconcileResult result;
        Optional<String> doubt = Optional.empty();
        try {
            checkAddress();
            CommandContext configured = contexts.read(config.file());
            doubt = configured.storeDoubt();
            result = reconcile(configured);
        } catch (CommandException e) {
            result = ReconcileResult.failed(environment.clock().instant(), e.explanation());
        } catch (StoreException e) {
            result =
                    ReconcileResult.failed(
                            environment.clock().instant(), "the store failed: " + e.getMessage());
        }
        print(result);
        doubt.ifPresent(why -> CommandErrorHandler.warn(spec, why));
        return doubt.isEmpty()
                ? result.exitStatus()
                : Math.max(result.exitStatus(), ExitCodes.REFUSED);
    }

    /// Why the options contradict each other, or empty.
    private Optional<String> mistake() {
        for (Log log : logs) {
            if (log.key == null && list == null) {
                return Optional.of(
                        "say how to know the log %s: by --key after it, or by --log-list"
                                .formatted(log.name));
            }
            if (log.key != null && CtLogOptions.url(log.name).isEmpty()) {
                return Optional.of(CtLogOptions.noUrl(log.name));
            }
        }
        if (!indexes.isEmpty() && issuer == null) {
            return Optional.of("an index.txt does not name its issuer: add --issuer");
        }
        if (inFlight < 1 || inFlight > 1_000 || most < 1 || timeout.isZero()) {
            return Optional.of("--in-flight is 1 to 1000, --most and --timeout more than 0");
        }
        return Optional.empty();
    }

    /// The CA's files by kind, without CRLs, in the order they are read.
    private Map<FeedKind, List<String>> files() {
        Map<FeedKind, List<String>> files = new EnumMap<>(FeedKind.class);
        files.put(FeedKind.CERTIFICATES, certificates);
        files.put(FeedKind.INDEX, indexes);
        files.put(FeedKind.CSV, csvs);
        files.values().removeIf(List::isEmpty);
        return files;
    }

    private void refuse(String mistake) {
        throw new ParameterException(spec.commandLine(), mistake);
    }

    private void checkAddress() {
        try {
            if (url != null) {
                ResponderUrl.parse(url);
            }
        } catch (InvalidUrlException e) {
            refuse("--url " + e.explanation());
        }
    }

    private ReconcileResult reconcile(CommandContext configured) throws CommandException {
        try (ReconcileInputs inputs =
                new ReconcileInputs(
                        configured,
                        environment,
                        output.terminal(environment),
                        Optional.ofNullable(work))) {
            read(inputs, configured);
            // Opened after all other input is read: the store should contain its serials by now.
            try (CommandContext.StatusView store = configured.openView()) {
                return compare(configured, inputs, store);
            }
        }
    }

    private void read(ReconcileInputs inputs, CommandContext configured) throws CommandException {
        Optional<ConfiguredIssuer> known =
                issuer == null
                        ? Optional.empty()
                        : Optional.of(IssuerLookup.find(issuer, configured.issuers()));
        for (Map.Entry<FeedKind, List<String>> files : files().entrySet()) {
            inputs.readFiles(files.getKey(), files.getValue(), known);
        }
        List<LogAddress> addresses = new ArrayList<>();
        for (Log log : logs) {
            addresses.add(
                    CtLogOptions.address(
                            log.name, Optional.ofNullable(log.key), Optional.ofNullable(list)));
        }
        if (!addresses.isEmpty()) {
            inputs.readLogs(addresses, Optional.ofNullable(since));
        }
        if (!crls.isEmpty()) {
            // After all other input: the assigner of a serial shows to which key of a CA a CRL
            // entry belongs.
            try (CommandContext.StatusView store = configured.openView()) {
                inputs.readCrls(crls, store);
            }
        }
    }

    private ReconcileResult compare(
            CommandContext configured, ReconcileInputs inputs, CommandContext.StatusView store)
            throws CommandException {
        List<ReconcileSource> ledgers = new ArrayList<>(inputs.ledgers());
        ledgers.add(new ReconcileSource(SourceKind.STORE, store, store));
        CtOnlySerials noted =
                CtOnlySerials.read(
                        store, configured.issuers().issuers(), environment.clock().instant());
        ledgers.add(new ReconcileSource(SourceKind.NOTED, noted, store));
        ReconcileCriteria criteria =
                new ReconcileCriteria(
                        inputs.begun(),
                        Optional.ofNullable(since),
                        mergeDelay,
                        inputs.logsWhole(),
                        inputs.fullCrls(),
                        noted.descriptions());
        Map<IssuerKey, StatusClient> askers = askers(configured);
        try (ProgressDisplay progress =
                ProgressDisplay.count(output.terminal(environment), "comparing", "serials")) {
            Reconciliation.Plan plan =
                    new Reconciliation.Plan(
                            configured.issuers().issuers(), ledgers, askers, inFlight, most);
            ReconcileSummary reconciled =
                    new Reconciliation(plan, criteria, configured::openView)
                            .run(inputs.unusable(), progress::at);
            return ReconcileResult.of(reconciled, inputs.summaries());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", e);
        } finally {
            askers.values().forEach(StatusClient::close);
        }
    }

    private Map<IssuerKey, StatusClient> askers(CommandContext configured) {
        Map<IssuerKey, StatusClient> askers = new HashMap<>();
        for (ConfiguredIssuer one : configured.issuers().issuers()) {
            configured
                    .ownAddress(one)
                    .map(own -> Optional.ofNullable(url).orElse(own))
                    .ifPresent(
                            address ->
                                    askers.put(
                                            one.key(),
                                            new StatusClient(
                                                    address,
                                                    one,
                                                    new StatusClient.Limits(timeout),
                                                    environment.clock())));
        }
        return askers;
    }

    private void print(ReconcileResult result) {
        PrintWriter out = spec.commandLine().getOut();
        if (output.json()) {
            out.println(Json.line(result));
        } else if (result.error().isEmpty() || result.serials() > 0) {
            new ReconcileReport(out).print(result);
        }
        out.flush();
        result.error().ifPresent(why -> CommandErrorHandler.report(spec, why));
    }

    /// Converts a date, or a date with a time.
    static final class Date implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            try {
                return text.contains("T")
                        ? Instant.parse(text)
                        : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            } catch (DateTimeParseException _) {
                throw new TypeConversionException(
                        "'%s' is not a date such as 2026-11-01 or 2026-11-01T12:00:00Z"
                                .formatted(text));
            }
        }
    }
}
