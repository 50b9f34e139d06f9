package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.precertocsp.responder.audit.AuditFailure;
import org.precertocsp.responder.config.ConfigRefused;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.signer.key.KeyFailure;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;
import picocli.CommandLine;

/// Prints why a command failed, and chooses its exit code.
final class Failures {
    private Failures() {}

    /// Prints the wrong argument, suggestions, and where the help is.
    static int wrongUsage(ParameterException problem, String[] arguments) {
        CommandLine command = problem.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(command.getColorScheme().errorText(problem.getMessage()));
        UnmatchedArgumentException.printSuggestions(problem, err);
        err.println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
        err.flush();
        return ExitCodes.USAGE;
    }

    /// Prints why a command could not do its work.
    ///
    /// @return the exit code
    static int report(CommandSpec spec, String why) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("precert-ocsp: " + Printable.of(why));
        err.flush();
        return ExitCodes.CANNOT;
    }

    /// Prints a warning.
    static void warn(CommandSpec spec, String warning) {
        report(spec, "warning: " + warning);
    }

    static int failed(Exception problem, CommandLine command, ParseResult arguments) {
        PrintWriter err = command.getErr();
        ColorScheme colours = command.getColorScheme();
        int code =
                switch (problem) {
                    case ConfigRefused refused -> {
                        err.println(refused.getMessage());
                        yield ExitCodes.REFUSED;
                    }
                    case StartRefused refused -> {
                        refused.reasons().forEach(it -> err.println(colours.errorText(it)));
                        yield refused.getCause() == null ? ExitCodes.REFUSED : ExitCodes.CANNOT;
                    }
                    case IOException _,
                            UncheckedIOException _,
                            StoreFailure _,
                            AuditFailure _,
                            KeyFailure _ -> {
                        err.println(colours.errorText(sentence(problem)));
                        yield ExitCodes.CANNOT;
                    }
                    default -> {
                        err.println(colours.errorText("a bug in precert-ocsp, please report it:"));
                        problem.printStackTrace(err);
                        yield ExitCodes.CANNOT;
                    }
                };
        err.flush();
        return code;
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
