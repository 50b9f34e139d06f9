package org.precertocsp.responder.cli;

import org.precertocsp.responder.intake.FeedKind;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `load`: loads files, or a CT log, into the store.
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "certificates|index|csv|crl|ct-log",
        description = {
            "Loads certificates, precertificates and revocation data.",
            "",
            "Works the same whether or not the server runs: while it does, the files are put into its spool directory and the command waits "
                    + "for the result.",
            "A file takes effect as a whole or, after a failure, not at all. A record that "
                    + "cannot be used is skipped, reported and counted, and the rest is loaded; with "
                    + "--strict nothing of such a file is. A record that says revoked revokes, even if "
                    + "other parts of it are not understood.",
            "Files may safely be loaded again. --dry-run reports beforehand what loading would change.",
            "With --server and a client certificate, files are loaded through the private API of a"
                    + " server on any machine."
        })
public final class LoadCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    private LoadCommand() {}

    /// The command with one subcommand per kind of file, and one for logs.
    public static CommandLine line(
            CommandContext.Factory contexts, CommandEnvironment environment) {
        CommandLine line = new CommandLine(new LoadCommand());
        for (FeedKind kind : FeedKind.values()) {
            CommandLine one = new CommandLine(new LoadKindCommand(kind, contexts, environment));
            one.getCommandSpec().usageMessage().description(description(kind));
            line.addSubcommand(kind.word(), one);
        }
        line.addSubcommand("ct-log", new LoadCtLogCommand(contexts, environment));
        return line;
    }

    private static String description(FeedKind kind) {
        return switch (kind) {
            case CERTIFICATES ->
                    "Certificates and precertificates: PEM, bundles of it, DER; directories are"
                            + " searched for them.";
            case INDEX -> "The index.txt of an OpenSSL CA; --issuer names the CA.";
            case CSV -> "Lists with a header line; --issuer names the CA, unless a column does.";
            case CRL -> "Certificate revocation lists, PEM or DER, verified with their issuer.";
        };
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "say what to load: certificates, index, csv, crl or ct-log");
    }
}
