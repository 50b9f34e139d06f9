package org.precertocsp.responder.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.cli.LoadResult.LoadReport;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.io.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `load ct-log`: reads a Certificate Transparency log once, up to its newest head.
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Reads a Certificate Transparency log up to its newest head and loads the "
                    + "precertificates and certificates of the configured issuers.",
            "",
            "Only entries that the log's signed tree proves take effect. After an "
                    + "interruption the next run continues where this one stopped. The server must not "
                    + "be running."
        },
        exitCodeOnExecutionException = ExitCodes.CANNOT,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:the log was read to its head",
            "1:the log cannot be trusted, or an entry of a configured issuer was rejected or "
                    + "is in conflict",
            ExitCodes.USAGE_HELP,
            "3:the log or the store failed"
        })
final class LoadCtLogCommand implements Callable<Integer> {
    private final CommandContext.Factory contexts;
    private final CommandEnvironment environment;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = "--log",
            paramLabel = "URL|NAME",
            required = true,
            description =
                    "URL of the log (for a static one its monitoring prefix); with --log-list"
                            + " its description or base64 log ID")
    private String log = "";

    @Mixin private CtLogOptions options = new CtLogOptions();

    @Option(
            names = "--from",
            paramLabel = "N",
            description = "first entry to read of a log never read before (default: 0)")
    private @Nullable Long from;

    @Mixin private OutputOptions output = new OutputOptions();

    LoadCtLogCommand(CommandContext.Factory contexts, CommandEnvironment environment) {
        this.contexts = contexts;
        this.environment = environment;
    }

    @Override
    public Integer call() {
        checkUsage();
        LoadResult result;
        try {
            CtLogReader reader =
                    new CtLogReader(
                            contexts.read(config.file()),
                            environment,
                            output.terminal(environment));
            LoadSummary summary =
                    reader.load(
                            options.address(log),
                            from == null ? OptionalLong.empty() : OptionalLong.of(from));
            result = LoadResult.of(List.of(summary), List.of(), Optional.empty());
        } catch (CtLogReader.Unfinished e) {
            result = LoadResult.of(List.of(e.soFar()), List.of(), Optional.of(e.explanation()));
        } catch (CommandException e) {
            result = LoadResult.of(List.of(), List.of(), Optional.of(e.explanation()));
        }
        print(result);
        return result.exitStatus();
    }

    private void checkUsage() {
        if (from != null && from < 0) {
            throw usage("entries are numbered from 0");
        }
        options.mistake(log)
                .ifPresent(
                        mistake -> {
                            throw usage(mistake);
                        });
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void print(LoadResult result) {
        PrintWriter out = spec.commandLine().getOut();
        if (output.json()) {
            out.println(Json.line(result));
        } else if (!result.files().isEmpty()) {
            new LoadReport(out).print(result);
        }
        out.flush();
        result.error().ifPresent(why -> CommandErrorHandler.report(spec, why));
    }
}
