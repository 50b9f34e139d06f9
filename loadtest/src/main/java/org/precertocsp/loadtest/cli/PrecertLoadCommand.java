package org.precertocsp.loadtest.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The program's name; everything it does is a subcommand.
@Command(
        name = "precert-load",
        mixinStandardHelpOptions = true,
        description = "Drives OCSP responders, measures them and checks what they answer.%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, no wrong answers",
            "1:wrong answers",
            "2:wrong usage",
            "3:target unreachable, requests failed, or a file could not be read or written"
        },
        commandListHeading = "%nCommands:%n")
public final class PrecertLoadCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    private PrecertLoadCommand() {}

    /// The whole command line, ready to execute; its exit codes are those the help lists.
    ///
    /// @param subcommands objects with a `@Command` annotation or [CommandLine]s
    public static CommandLine of(Object... subcommands) {
        CommandLine line = new CommandLine(new PrecertLoadCommand());
        for (Object subcommand : subcommands) {
            line.addSubcommand(subcommand);
        }
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Failures::wrongUsage)
                .setExecutionExceptionHandler(Failures::failed);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command");
    }
}
