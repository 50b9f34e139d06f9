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
/// @param terminal standard error, if it is a terminal
/// @param pause waits while a command polls
public record CommandEnvironment(
        InstantSource clock, InputStream input, Optional<PrintStream> terminal, Pause pause) {

    /// Waits. A test advances its clock instead.
    @FunctionalInterface
    public interface Pause {
        void of(Duration duration) throws InterruptedException;
    }

    /// The environment of this process.
    public static CommandEnvironment ofProcess() {
        return new CommandEnvironment(
                InstantSource.system(),
                System.in,
                errorIsTerminal() ? Optional.of(System.err) : Optional.empty(),
                Thread::sleep);
    }

    // System.console() reports on standard input and output only; a bar in a log file is useless.
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
