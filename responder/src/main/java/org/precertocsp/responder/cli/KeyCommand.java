package org.precertocsp.responder.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine;

/// `key`: inspects signing keys and requests certificates for them.
@Command(
        name = "key",
        description = "Inspect the signing keys, and request certificates for them.",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true)
public final class KeyCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    private KeyCommand() {}

    public static CommandLine of(KeyInspection keys) {
        return new CommandLine(new KeyCommand())
                .addSubcommand(new KeyInspectCommand(keys))
                .addSubcommand(new KeyCsrCommand());
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: inspect or csr");
    }
}
