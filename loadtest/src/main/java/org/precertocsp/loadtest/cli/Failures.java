package org.precertocsp.loadtest.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.precertocsp.loadtest.drive.TargetUnreachable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Prints why a command failed, and returns its exit code.
final class Failures {
    private Failures() {}

    static int wrongUsage(ParameterException problem, String[] arguments) {
        CommandLine command = problem.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(command.getColorScheme().errorText(problem.getMessage()));
        UnmatchedArgumentException.printSuggestions(problem, err);
        err.println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
        err.flush();
        return ExitCodes.USAGE;
    }

    static int failed(Exception problem, CommandLine command, ParseResult arguments) {
        PrintWriter err = command.getErr();
        switch (problem) {
            case TargetUnreachable _, IOException _, UncheckedIOException _ ->
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
        return ExitCodes.CANNOT;
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
