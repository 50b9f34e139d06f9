package org.precertocsp.responder.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.admin.ApiClient;
import org.precertocsp.responder.cli.LoadResult.LoadReport;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.LoadOptions;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.LoadSummaryJson;
import org.precertocsp.responder.io.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `load KIND`: one subcommand for each kind of file.
@Command(
        mixinStandardHelpOptions = true,
        exitCodeOnExecutionException = ExitCodes.CANNOT,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:all was loaded; with --dry-run: all would be",
            "1:a record or a file was rejected or is in conflict; other records of a file are"
                    + " loaded, unless --strict",
            ExitCodes.USAGE_HELP,
            "3:files, store or server failed"
        })
final class LoadKindCommand implements Callable<Integer> {
    private final FeedKind kind;
    private final CommandContext.Factory contexts;
    private final CommandEnvironment environment;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "the configuration; not needed with --server")
    private @Nullable Path config;

    @Mixin private ApiClientOptions server = new ApiClientOptions();

    @Option(
            names = "--issuer-name",
            paramLabel = "NAME",
            description = "with --server: the issuer, as the server's configuration calls it")
    private @Nullable String issuerName;

    @Option(
            names = "--issuer",
            paramLabel = "FILE",
            description = "certificate of the issuer the files are about, PEM or DER")
    private @Nullable Path issuerFile;

    @Mixin private LoadOptionsMixin flags = new LoadOptionsMixin();

    @Mixin private OutputOptions output = new OutputOptions();

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            defaultValue = "10m",
            converter = DurationConverter.class,
            description =
                    "give up after so long without progress of the running server, or while the"
                            + " store is in use by another process (default: ${DEFAULT-VALUE})")
    private Duration wait = Duration.ZERO;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "files to load; - for stdin")
    private List<String> files = List.of();

    LoadKindCommand(
            FeedKind kind, CommandContext.Factory contexts, CommandEnvironment environment) {
        this.kind = kind;
        this.contexts = contexts;
        this.environment = environment;
    }

    @Override
    public Integer call() {
        LoadOptions options = checkUsage();
        LoadResult result;
        try {
            result =
                    config == null
                            ? withInputs(new RemoteLoad(kind, issuerName(), options, server)::run)
                            : load(contexts.read(config), options);
        } catch (CommandException e) {
            result = LoadResult.of(List.of(), List.of(), Optional.of(e.explanation()));
        }
        print(result);
        return result.exitStatus();
    }

    private LoadOptions checkUsage() {
        if (server.given() == (config != null)) {
            throw usage("say where to load: -c FILE for a server of this machine, or --server URL");
        }
        if ((server.given() && issuerFile != null) || (!server.given() && issuerName != null)) {
            throw usage("an issuer is named by --issuer with -c, by --issuer-name with --server");
        }
        if (kind.needsIssuer() && issuerFile == null && issuerName == null) {
            throw usage("an index.txt does not name its issuer: name the issuer with --issuer");
        }
        if (files.stream().filter("-"::equals).count() > 1) {
            throw usage("standard input can be read only once");
        }
        try {
            return flags.options(kind);
        } catch (CommandException e) {
            throw usage(e.explanation());
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private LoadResult load(CommandContext configured, LoadOptions options)
            throws CommandException {
        Optional<ConfiguredIssuer> issuer = issuer(configured);
        return withInputs(
                inputs -> {
                    LoadPlan plan =
                            new LoadPlan(
                                    kind,
                                    issuer,
                                    options,
                                    inputs,
                                    wait,
                                    output.terminal(environment),
                                    output.json()
                                            ? Optional.empty()
                                            : Optional.of(spec.commandLine().getErr()));
                    return new LocalLoad(configured, environment, plan).run();
                });
    }

    /// One way to load files.
    @FunctionalInterface
    private interface Way {
        LoadResult load(LoadInputs inputs) throws CommandException;
    }

    private LoadResult withInputs(Way way) throws CommandException {
        try (LoadInputs inputs =
                new LoadInputs(kind, environment.input(), LoadInputs.MAX_PIPED_BYTES)) {
            for (String file : files) {
                inputs.add(file);
            }
            if (inputs.inputs().isEmpty()) {
                throw new CommandException("no certificate files in " + String.join(", ", files));
            }
            return way.load(inputs);
        }
    }

    private Optional<String> issuerName() {
        return Optional.ofNullable(issuerName);
    }

    private Optional<ConfiguredIssuer> issuer(CommandContext configured) throws CommandException {
        return issuerFile == null
                ? Optional.empty()
                : Optional.of(IssuerLookup.find(issuerFile, configured.issuers()));
    }

    private void print(LoadResult result) {
        PrintWriter out = spec.commandLine().getOut();
        if (output.json()) {
            out.println(Json.line(result));
        } else if (result.error().isEmpty() || !result.files().isEmpty()) {
            new LoadReport(out).print(result);
        }
        out.flush();
        result.error().ifPresent(why -> CommandErrorHandler.report(spec, why));
    }

    /// Options that change how the files of a `load` command are loaded.
    static final class LoadOptionsMixin {
        @Option(
                names = "--strict",
                description =
                        "all or nothing: if one record of a file is rejected or in conflict, "
                                + "nothing of the file is loaded")
        private boolean strict;

        @Option(
                names = "--dry-run",
                description =
                        "check and count everything, and write nothing; the exit codes are the same")
        private boolean dryRun;

        @Option(
                names = "--new-serials",
                description =
                        "index, csv: load it although most serials in it are known as another issuer's")
        private boolean newSerials;

        @Option(
                names = "--hex-serials",
                description =
                        "index: serials are hexadecimal, as OpenSSL writes them, although none has a"
                                + " letter")
        private boolean hexSerials;

        @Option(
                names = "--column",
                paramLabel = "NAME=HEADER",
                description =
                        "csv: what the header calls a column, such as serial='Serial Number'; may be"
                                + " given several times, and other unknown columns are then ignored")
        private List<String> columns = List.of();

        @Option(
                names = "--accept-number-reset",
                description =
                        "crl: the CA numbers its CRLs from the start again, for example after a "
                                + "restore: a lower number or an earlier date is accepted as the newest of "
                                + "its scope")
        private boolean acceptNumberReset;

        /// @throws CommandException an option does not apply to files of that kind; the message
        ///   names it
        LoadOptions options(FeedKind kind) throws CommandException {
            Map<String, String> mapped = new HashMap<>();
            for (String column : columns) {
                Map.Entry<String, String> entry =
                        LoadOptions.column(column)
                                .orElseThrow(
                                        () ->
                                                new CommandException(
                                                        "--column %s: expected NAME=HEADER, such as"
                                                                        .formatted(column)
                                                                + " serial='Serial Number'"));
                if (mapped.put(entry.getKey(), entry.getValue()) != null) {
                    throw new CommandException(
                            "--column %s is there twice".formatted(entry.getKey()));
                }
            }
            boolean list = kind == FeedKind.CSV || kind == FeedKind.INDEX;
            allow("--column", columns.isEmpty() || kind == FeedKind.CSV, kind);
            allow("--hex-serials", !hexSerials || kind == FeedKind.INDEX, kind);
            allow("--new-serials", !newSerials || list, kind);
            allow("--accept-number-reset", !acceptNumberReset || kind == FeedKind.CRL, kind);
            return new LoadOptions(
                    strict, dryRun, newSerials, hexSerials, acceptNumberReset, mapped);
        }

        private static void allow(String option, boolean allowed, FeedKind kind)
                throws CommandException {
            if (!allowed) {
                throw new CommandException("%s is not for %s".formatted(option, kind.word()));
            }
        }
    }

    /// Loads files through the private API of a server, which may be on another machine.
    static final class RemoteLoad {
        private static final int MAX_NAME = 100;

        private final FeedKind kind;
        private final Optional<String> issuer;
        private final LoadOptions options;
        private final ApiClientOptions server;

        /// @param issuer its name in the server's configuration
        RemoteLoad(
                FeedKind kind,
                Optional<String> issuer,
                LoadOptions options,
                ApiClientOptions server) {
            this.kind = kind;
            this.issuer = issuer;
            this.options = options;
            this.server = server;
        }

        /// Files before the first one that fails are loaded and reported.
        LoadResult run(LoadInputs inputs) throws CommandException {
            List<LoadSummary> summaries = new ArrayList<>();
            Optional<String> error = Optional.empty();
            try (ApiClient client = server.open()) {
                for (LoadInputs.Input input : inputs.inputs()) {
                    LoadSummary summary =
                            summary(client.load(kind.word(), query(input.name()), input.path()));
                    summaries.add(summary);
                    if (summary.dryRun() != options.dryRun()) {
                        throw new CommandException(
                                "the server is of a version that does not know --dry-run and has loaded"
                                        + " the file");
                    }
                }
            } catch (CommandException e) {
                error = Optional.of(e.explanation());
            } catch (IOException e) {
                error = Optional.of(ApiErrors.explain(e));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                error = Optional.of("interrupted; the server may still load the file it has");
            }
            return LoadResult.of(summaries, inputs.skipped(), error);
        }

        private Map<String, List<String>> query(String name) {
            Map<String, List<String>> query = new HashMap<>();
            query.put("name", List.of(shortened(name)));
            issuer.ifPresent(it -> query.put("issuer", List.of(it)));
            flag(query, "strict", options.strict());
            flag(query, "dryRun", options.dryRun());
            flag(query, "newSerials", options.newSerials());
            flag(query, "hexSerials", options.hexSerials());
            flag(query, "acceptNumberReset", options.acceptNumberReset());
            if (!options.columns().isEmpty()) {
                query.put(
                        "column",
                        options.columns().entrySet().stream()
                                .map(it -> it.getKey() + "=" + it.getValue())
                                .toList());
            }
            return query;
        }

        private static void flag(Map<String, List<String>> query, String name, boolean set) {
            if (set) {
                query.put(name, List.of("true"));
            }
        }

        private static LoadSummary summary(ApiClient.Reply reply)
                throws CommandException, IOException {
            JsonNode body = Json.MAPPER.readTree(reply.body());
            if (reply.done()) {
                return LoadSummaryJson.read(reply.body());
            }
            if (body.path("summary").isObject()) {
                return LoadSummaryJson.read(body.path("summary").toString());
            }
            throw new CommandException("the server rejected the file: " + ApiErrors.detail(reply));
        }

        private static String shortened(String name) {
            String printable = SafeText.of(name);
            return printable.substring(Math.max(0, printable.length() - MAX_NAME));
        }
    }
}
