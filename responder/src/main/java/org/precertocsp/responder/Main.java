package org.precertocsp.responder;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.precertocsp.responder.cli.AlertsCommand;
import org.precertocsp.responder.cli.AmendCommand;
import org.precertocsp.responder.cli.AnnounceCommand;
import org.precertocsp.responder.cli.AuditCommand;
import org.precertocsp.responder.cli.BackupCommand;
import org.precertocsp.responder.cli.CheckCommand;
import org.precertocsp.responder.cli.ClusterCommand;
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
        if (arguments.length > 0 && arguments[0].equals("serve")) {
            loadAhead();
        }
        CommandLine line = commandLine(server, clock, arguments);
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

    /// The command line for these arguments: with the command that the first one names; with all
    /// commands if it names none, for help and suggestions. A server starts a tenth faster without
    /// the other commands.
    static CommandLine commandLine(InstantSource clock, String... arguments) {
        return commandLine(new Wiring(clock), clock, arguments);
    }

    private static CommandLine commandLine(
            Wiring server, InstantSource clock, String... arguments) {
        CommandWiring commands = new CommandWiring(clock);
        CommandEnvironment process = CommandEnvironment.ofProcess();
        Map<String, Supplier<Object>> all = new LinkedHashMap<>();
        all.put("demo", () -> new DemoCommand(server.launcher(), clock));
        all.put("serve", () -> new ServeCommand(server.launcher()));
        all.put("reload", ReloadCommand::new);
        all.put("load", () -> LoadCommand.line(commands.contexts(), process));
        all.put("announce", AnnounceCommand::new);
        all.put("revoke", RevokeCommand::new);
        all.put("amend", AmendCommand::new);
        all.put("status", () -> StatusCommand.line(commands.contexts()));
        all.put("reconcile", () -> ReconcileCommand.line(commands.contexts(), process));
        all.put("check", () -> CheckCommand.line(process));
        all.put("alerts", () -> AlertsCommand.of(commands.alerts(), clock));
        all.put("report", () -> ReportCommand.of(clock));
        all.put("backup", () -> BackupCommand.line(commands.backups(), process));
        all.put("restore", () -> RestoreCommand.line(commands.backups(), process));
        all.put("cluster", () -> ClusterCommand.of(clock, CommandWiring::storedRecovery));
        all.put("audit", () -> AuditCommand.line(commands.audit(), process));
        all.put("config", () -> ConfigCommand.of(commands.credentialCheck()));
        all.put("key", () -> KeyCommand.of(PrivateKeys::inspect));
        if (arguments.length > 0 && all.containsKey(arguments[0])) {
            // The demonstration loads its files by the command that an operator would use.
            boolean loads = arguments[0].equals("demo");
            all.keySet().removeIf(it -> !it.equals(arguments[0]) && !(loads && it.equals("load")));
        }
        return PrecertOcspCommand.of(all.values().stream().map(Supplier::get).toArray());
    }
}
