package org.precertocsp.responder;

import java.time.InstantSource;
import java.util.List;
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
import org.precertocsp.responder.http.OcspHttpServer;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.signer.key.PrivateKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/// The entry point of the command line.
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private Main() {}

    public static void main(String[] arguments) {
        InstantSource clock = InstantSource.system();
        Wiring server = new Wiring(clock, System::nanoTime);
        boolean serves = arguments.length > 0 && arguments[0].equals("serve");
        if (serves) {
            loadAhead();
        }
        // A server starts a tenth faster without the other commands.
        CommandLine line =
                serves
                        ? PrecertOcspCommand.of(new ServeCommand(server.launcher()))
                        : commandLine(server, clock);
        System.exit(line.execute(arguments));
    }

    /// Loads on another processor what every server needs and what takes long to load. Whatever
    /// fails here fails again, and is reported, where it is needed.
    private static void loadAhead() {
        List<Runnable> libraries =
                List.of(
                        PrivateKeys::loadProviders,
                        RocksStore::loadLibrary,
                        OcspHttpServer::loadTransport);
        Thread.ofPlatform()
                .daemon()
                .name("load-ahead")
                .uncaughtExceptionHandler((_, e) -> LOG.debug("loading ahead failed", e))
                .start(() -> libraries.forEach(Runnable::run));
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
