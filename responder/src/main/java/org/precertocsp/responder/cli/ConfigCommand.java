package org.precertocsp.responder.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine;

/// `config`: prints a sample configuration, or checks one.
@Command(
        name = "config",
        description = "Print a sample configuration, or check one.",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true)
public final class ConfigCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    private ConfigCommand() {}

    public static CommandLine of(CredentialCheck credentials) {
        return new CommandLine(new ConfigCommand())
                .addSubcommand(new ConfigSampleCommand())
                .addSubcommand(new ConfigCheckCommand(credentials));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: sample or check");
    }
}
