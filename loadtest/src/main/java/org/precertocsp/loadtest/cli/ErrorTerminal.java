package org.precertocsp.loadtest.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// The stream for progress.
///
/// @param watched true on a terminal, where a line may be redrawn
public record ErrorTerminal(PrintStream stream, boolean watched) {
    /// Standard error of the process.
    public static ErrorTerminal ofProcess() {
        return new ErrorTerminal(System.err, errorIsTerminal());
    }

    // System.console() reports standard input and output only; a log file should get no bar.
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
