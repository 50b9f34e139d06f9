package org.precertocsp.responder.cli;

import java.io.PrintStream;
import java.util.Optional;
import picocli.CommandLine.Option;

/// `--json` and `--no-progress`, for commands that take long enough to show progress.
final class OutputOptions {
    @Option(names = "--json", description = "print one JSON object instead of text")
    private boolean json;

    @Option(names = "--no-progress", description = "draw no progress bar on the terminal")
    private boolean noProgress;

    boolean json() {
        return json;
    }

    /// The terminal for progress, if progress is shown.
    Optional<PrintStream> terminal(CommandEnvironment environment) {
        return json || noProgress ? Optional.empty() : environment.terminal();
    }
}
