package org.precertocsp.responder.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
            "Reads a Certificate Transparency log up to its newest head and takes in the"
                    + " precertificates and certificates of the configured issuers.",
            "",
            "Only what the log's signed tree proves takes effect. Interrupted, the next run goes on"
                    + " where this one came to. The server must not be running."
        },
        exitCodeOnExecutionException = ExitCodes.CANNOT,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:the log was read to its head",
            "1:the log is not to be trusted, or an entry of ours was refused or is in conflict",
            "2:the command line makes no sense",
            "3:log or store did not let it read"
        })
final class CtLogCommand implements Callable<Integer> {
    private final CommandContext.Factory contexts;
    private final Surroundings surroundings;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = "--log",
            paramLabel = "URL|NAME",
            required = true,
            description =
                    "address of the log (for a static one its monitoring prefix); with --log-list"
                            + " its description or base64 log ID")
    private String log = "";

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "public key of the log: base64 as in log lists, or a file, PEM or DER")
    private @Nullable String key;

    @Option(
            names = "--log-list",
            paramLabel = "FILE",
            description = "a log list in JSON, version 3, to take address and key from")
    private @Nullable Path list;

    @Option(
            names = "--from",
            paramLabel = "N",
            description = "first entry to read of a log never read before (default: 0)")
    private @Nullable Long from;

    @Option(names = "--json", description = "print one JSON object instead of text")
    private boolean json;

    @Option(names = "--no-progress", description = "draw no progress bar on the terminal")
    private boolean noProgress;

    CtLogCommand(CommandContext.Factory contexts, Surroundings surroundings) {
        this.contexts = contexts;
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        checkUsage();
        LoadResult result;
        try {
            CommandContext configured = contexts.read(config.file());
            LogReading.Plan plan =
                    new LogReading.Plan(
                            NamedLog.of(log, Optional.ofNullable(key), Optional.ofNullable(list)),
                            from == null ? OptionalLong.empty() : OptionalLong.of(from),
                            json || noProgress ? Optional.empty() : surroundings.terminal());
            LoadSummary summary = new LogReading(configured, surroundings, plan).run();
            result = LoadResult.of(List.of(summary), List.of(), Optional.empty());
        } catch (LogReading.Unfinished e) {
            result = LoadResult.of(List.of(e.soFar()), List.of(), Optional.of(e.explanation()));
        } catch (CommandFailed e) {
            result = LoadResult.of(List.of(), List.of(), Optional.of(e.explanation()));
        }
        print(result);
        return result.exitStatus();
    }

    private void checkUsage() {
        if ((key == null) == (list == null)) {
            throw usage("say how to know the log: by --key, or by --log-list");
        }
        if (from != null && from < 0) {
            throw usage("entries are numbered from 0");
        }
        if (list == null && NamedLog.address(log).isEmpty()) {
            throw usage(NamedLog.noAddress(log));
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void print(LoadResult result) {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (json) {
            out.println(Json.line(result));
        } else if (!result.files().isEmpty()) {
            new LoadReport(out).print(result);
        }
        out.flush();
        result.error().ifPresent(why -> err.println("precert-ocsp: " + Printable.of(why)));
        err.flush();
    }
}
