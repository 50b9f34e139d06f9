package org.precertocsp.responder.cli;

import java.time.InstantSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine;

/// `alerts`: lists and acknowledges alerts.
@Command(
        name = "alerts",
        description = "See and acknowledge alerts, whether the server runs or not.",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true)
public final class AlertsCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    private AlertsCommand() {}

    public static CommandLine of(AlertBooks alerts, InstantSource clock) {
        return new CommandLine(new AlertsCommand())
                .addSubcommand(new AlertsListCommand(alerts, clock))
                .addSubcommand(new AlertsAckCommand(alerts));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: list or ack");
    }
}
