package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.precertocsp.responder.audit.AuditException;
import org.precertocsp.responder.config.ConfigException;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.signer.key.SigningKeyException;
import picocli.CommandLine;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Prints why a command failed, and chooses its exit code.
final class CommandErrorHandler {
    private CommandErrorHandler() {}

    /// Prints the wrong argument, suggestions, and how to get help.
    static int wrongUsage(ParameterException problem, String[] arguments) {
        CommandLine command = problem.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(command.getColorScheme().errorText(problem.getMessage()));
        UnmatchedArgumentException.printSuggestions(problem, err);
        err.println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
        err.flush();
        return ExitCodes.USAGE;
    }

    /// Prints why a command could not do its work, such as every error of a configuration on a line
    /// of its own.
    ///
    /// @return the exit code
    static int report(CommandSpec spec, String why) {
        PrintWriter err = spec.commandLine().getErr();
        why.lines().forEach(line -> err.println("precert-ocsp: " + SafeText.of(line)));
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
                    case ConfigException refused -> {
                        err.println(refused.getMessage());
                        yield ExitCodes.REFUSED;
                    }
                    case StartupException refused -> {
                        refused.reasons().forEach(it -> err.println(colours.errorText(it)));
                        yield refused.getCause() == null ? ExitCodes.REFUSED : ExitCodes.CANNOT;
                    }
                    case IOException _,
                            UncheckedIOException _,
                            StoreException _,
                            AuditException _,
                            SigningKeyException _ -> {
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
