package org.precertocsp.responder.cli;

import java.time.InstantSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine;

/// `report`: reports from the data that the server collects.
@Command(
        name = "report",
        description = "Report from the data that the server collects.",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true)
public final class ReportCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    private ReportCommand() {}

    public static CommandLine of(InstantSource clock) {
        return new CommandLine(new ReportCommand())
                .addSubcommand(new ReportUnassignedCommand(clock));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: unassigned");
    }
}
