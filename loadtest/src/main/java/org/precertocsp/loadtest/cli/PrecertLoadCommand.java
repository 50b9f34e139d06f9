package org.precertocsp.loadtest.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.precertocsp.loadtest.drive.TargetUnreachableException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// The program's name; all functions are subcommands.
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

    /// The whole command line, ready to execute; the help lists its exit codes.
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

    /// Prints why a command failed, and returns its exit code.
    static final class Failures {
        private Failures() {}

        static int wrongUsage(ParameterException problem, String[] arguments) {
            CommandLine command = problem.getCommandLine();
            PrintWriter err = command.getErr();
            err.println(command.getColorScheme().errorText(problem.getMessage()));
            UnmatchedArgumentException.printSuggestions(problem, err);
            err.println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
            err.flush();
            return LoadTestExitCodes.USAGE;
        }

        static int failed(Exception problem, CommandLine command, ParseResult arguments) {
            PrintWriter err = command.getErr();
            switch (problem) {
                case TargetUnreachableException _, IOException _, UncheckedIOException _ ->
                        err.println(command.getColorScheme().errorText(sentence(problem)));
                case InterruptedException _ -> err.println("interrupted");
                default -> {
                    err.println(
                            command.getColorScheme()
                                    .errorText("a bug in precert-load, please report it:"));
                    problem.printStackTrace(err);
                }
            }
            err.flush();
            return LoadTestExitCodes.CANNOT;
        }

        /// The JDK's file exceptions carry only the path as their message.
        private static String sentence(Exception problem) {
            return switch (problem) {
                case NoSuchFileException missing -> missing.getFile() + " does not exist";
                case AccessDeniedException denied -> denied.getFile() + ": permission denied";
                case UncheckedIOException wrapped when wrapped.getCause() != null ->
                        sentence(wrapped.getCause());
                default -> String.valueOf(problem.getMessage());
            };
        }
    }
}
