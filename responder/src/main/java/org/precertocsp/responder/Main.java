package org.precertocsp.responder;

import java.time.InstantSource;
import org.precertocsp.responder.cli.AlertsCommand;
import org.precertocsp.responder.cli.AmendCommand;
import org.precertocsp.responder.cli.AnnounceCommand;
import org.precertocsp.responder.cli.AuditCommand;
import org.precertocsp.responder.cli.BackupCommand;
import org.precertocsp.responder.cli.CheckCommand;
import org.precertocsp.responder.cli.CommandEnvironment;
import org.precertocsp.responder.cli.ConfigCommand;
import org.precertocsp.responder.cli.KeyCommand;
import org.precertocsp.responder.cli.LoadCommand;
import org.precertocsp.responder.cli.PrecertOcspCommand;
import org.precertocsp.responder.cli.ReconcileCommand;
import org.precertocsp.responder.cli.ReloadCommand;
import org.precertocsp.responder.cli.ReportCommand;
import org.precertocsp.responder.cli.RestoreCommand;
import org.precertocsp.responder.cli.RevokeCommand;
import org.precertocsp.responder.cli.ServeCommand;
import org.precertocsp.responder.cli.StatusCommand;
import org.precertocsp.responder.cli.demo.DemoCommand;
import org.precertocsp.signer.key.PrivateKeys;
import picocli.CommandLine;

/// The entry point of the command line.
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        InstantSource clock = InstantSource.system();
        System.exit(commandLine(new Wiring(clock, System::nanoTime), clock).execute(arguments));
    }

    static CommandLine commandLine(InstantSource clock) {
        return commandLine(new Wiring(clock), clock);
    }

    private static CommandLine commandLine(Wiring server, InstantSource clock) {
        CommandWiring commands = new CommandWiring(clock);
        return PrecertOcspCommand.of(
                new DemoCommand(server.launcher(), clock),
                new ServeCommand(server.launcher()),
                new ReloadCommand(),
                LoadCommand.line(commands.contexts(), CommandEnvironment.ofProcess()),
                new AnnounceCommand(),
                new RevokeCommand(),
                new AmendCommand(),
                StatusCommand.line(commands.contexts()),
                ReconcileCommand.line(commands.contexts(), CommandEnvironment.ofProcess()),
                CheckCommand.line(CommandEnvironment.ofProcess()),
                AlertsCommand.of(commands.alerts(), clock),
                ReportCommand.of(clock),
                BackupCommand.line(commands.backups(), CommandEnvironment.ofProcess()),
                RestoreCommand.line(commands.backups(), CommandEnvironment.ofProcess()),
                AuditCommand.line(commands.audit(), CommandEnvironment.ofProcess()),
                ConfigCommand.of(commands.credentialCheck()),
                KeyCommand.of(PrivateKeys::inspect));
    }
}
