package org.precertocsp.responder.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The program's name; all functions are subcommands.
@Command(
        name = "precert-ocsp",
        description =
                "An OCSP responder that knows a serial from the moment a precertificate carries"
                        + " it.%n",
        versionProvider = VersionProvider.class,
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            ExitCodes.OK_HELP,
            ExitCodes.REFUSED_HELP,
            ExitCodes.USAGE_HELP,
            ExitCodes.CANNOT_HELP
        },
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-ocsp demo                           see it answer, in one minute",
            "  precert-ocsp config sample > precert-ocsp.yaml",
            "  precert-ocsp config check -c precert-ocsp.yaml",
            "  precert-ocsp serve -c precert-ocsp.yaml"
        })
public final class PrecertOcspCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    private PrecertOcspCommand() {}

    /// The whole command line, ready to execute; the help lists its exit codes.
    ///
    /// @param subcommands objects with a `@Command` annotation or [CommandLine]s
    public static CommandLine of(Object... subcommands) {
        CommandLine line = new CommandLine(new PrecertOcspCommand());
        for (Object subcommand : subcommands) {
            line.addSubcommand(subcommand);
        }
        line.addSubcommand(new ManualCommand());
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(CommandErrorHandler::wrongUsage)
                .setExecutionExceptionHandler(CommandErrorHandler::failed);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command");
    }
}
