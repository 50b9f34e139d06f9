package org.precertocsp.responder.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.LoadOptions;
import org.precertocsp.responder.io.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `load KIND`: one for each kind of file.
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
    private final Surroundings surroundings;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "the configuration; not needed with --server")
    private @Nullable Path config;

    @Mixin private ServerOption server = new ServerOption();

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

    @Mixin private LoadFlags flags = new LoadFlags();

    @Mixin private OutputOptions output = new OutputOptions();

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            defaultValue = "10m",
            converter = WaitTime.class,
            description =
                    "give up after so long without progress of the running server, or while the"
                            + " store is in use by another process (default: ${DEFAULT-VALUE})")
    private Duration wait = Duration.ZERO;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "files to load; - for stdin")
    private List<String> files = List.of();

    LoadKindCommand(FeedKind kind, CommandContext.Factory contexts, Surroundings surroundings) {
        this.kind = kind;
        this.contexts = contexts;
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        LoadOptions options = checkUsage();
        LoadResult result;
        try {
            result =
                    config == null
                            ? withInputs(new Uploading(kind, issuerName(), options, server)::run)
                            : load(contexts.read(config), options);
        } catch (CommandFailed e) {
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
        } catch (CommandFailed e) {
            throw usage(e.explanation());
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private LoadResult load(CommandContext configured, LoadOptions options) throws CommandFailed {
        Optional<FedIssuer> issuer = issuer(configured);
        return withInputs(
                inputs -> {
                    LoadPlan plan =
                            new LoadPlan(
                                    kind,
                                    issuer,
                                    options,
                                    inputs,
                                    wait,
                                    output.terminal(surroundings),
                                    output.json()
                                            ? Optional.empty()
                                            : Optional.of(spec.commandLine().getErr()));
                    return new Loading(configured, surroundings, plan).run();
                });
    }

    /// One way to load files.
    @FunctionalInterface
    private interface Way {
        LoadResult load(LoadInputs inputs) throws CommandFailed;
    }

    private LoadResult withInputs(Way way) throws CommandFailed {
        try (LoadInputs inputs =
                new LoadInputs(kind, surroundings.input(), LoadInputs.MAX_PIPED_BYTES)) {
            for (String file : files) {
                inputs.add(file);
            }
            if (inputs.inputs().isEmpty()) {
                throw new CommandFailed("no certificate files in " + String.join(", ", files));
            }
            return way.load(inputs);
        }
    }

    private Optional<String> issuerName() {
        return Optional.ofNullable(issuerName);
    }

    private Optional<FedIssuer> issuer(CommandContext configured) throws CommandFailed {
        return issuerFile == null
                ? Optional.empty()
                : Optional.of(IssuerOption.find(issuerFile, configured.issuers()));
    }

    private void print(LoadResult result) {
        PrintWriter out = spec.commandLine().getOut();
        if (output.json()) {
            out.println(Json.line(result));
        } else if (result.error().isEmpty() || !result.files().isEmpty()) {
            new LoadReport(out).print(result);
        }
        out.flush();
        result.error().ifPresent(why -> Failures.report(spec, why));
    }
}
