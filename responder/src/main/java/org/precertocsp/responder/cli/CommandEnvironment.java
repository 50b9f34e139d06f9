package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// The environment of a command, which tests replace.
///
/// @param terminal standard error, where a person watches it
/// @param pause lets time pass while a command waits
public record CommandEnvironment(
        InstantSource clock, InputStream input, Optional<PrintStream> terminal, Pause pause) {

    /// Waits. A test moves its clock instead.
    @FunctionalInterface
    public interface Pause {
        void of(Duration duration) throws InterruptedException;
    }

    /// The process as it was started.
    public static CommandEnvironment ofProcess() {
        return new CommandEnvironment(
                InstantSource.system(),
                System.in,
                errorIsTerminal() ? Optional.of(System.err) : Optional.empty(),
                Thread::sleep);
    }

    // System.console() tells of standard input and output only; a bar in a log file helps nobody.
    private static boolean errorIsTerminal() {
        try {
            String device = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
        } catch (IOException _) {
            // Not Linux.
            return false;
        }
    }
}
