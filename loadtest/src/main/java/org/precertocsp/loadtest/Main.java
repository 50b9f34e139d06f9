package org.precertocsp.loadtest;

import org.precertocsp.loadtest.bench.BenchCommand;
import org.precertocsp.loadtest.cli.CompareCommand;
import org.precertocsp.loadtest.cli.CorpusCommand;
import org.precertocsp.loadtest.cli.ErrorTerminal;
import org.precertocsp.loadtest.cli.PrecertLoadCommand;
import org.precertocsp.loadtest.cli.RunCommand;
import org.precertocsp.loadtest.cli.ScaleCommand;
import org.precertocsp.loadtest.cli.SimulateClusterCommand;
import org.precertocsp.loadtest.cli.TargetsCommand;
import picocli.CommandLine;

/// The entry point of the command line.
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine(ErrorTerminal.ofProcess()).execute(arguments));
    }

    /// Subcommands are registered here and nowhere else.
    static CommandLine commandLine(ErrorTerminal terminal) {
        return PrecertLoadCommand.of(
                new RunCommand(terminal),
                new CorpusCommand(terminal),
                new CompareCommand(),
                new ScaleCommand(),
                new SimulateClusterCommand(),
                new TargetsCommand(),
                new BenchCommand());
    }
}
