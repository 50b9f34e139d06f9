package org.precertocsp.responder.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `audit`: checks, searches, replays and prunes the audit log.
@Command(
        name = "audit",
        description =
                "Check the audit log, search its signatures and changes, restore the store "
                        + "from it, remove records whose retention has ended.",
        versionProvider = VersionProvider.class,
        mixinStandardHelpOptions = true)
public final class AuditCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    private AuditCommand() {}

    public static CommandLine line(AuditContext.Factory contexts, CommandEnvironment environment) {
        return new CommandLine(new AuditCommand())
                .addSubcommand(new AuditVerifyCommand(contexts, environment))
                .addSubcommand(new AuditSignaturesCommand(contexts))
                .addSubcommand(new AuditChangesCommand(contexts))
                .addSubcommand(new AuditReplayCommand(contexts, environment))
                .addSubcommand(new AuditPruneCommand(contexts, environment));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "name a command: verify, signatures, changes, replay or prune");
    }
}
