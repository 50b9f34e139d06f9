package org.precertocsp.responder.cli;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.precertocsp.responder.cli.ServerLifecycle.ProcessSignals;
import org.precertocsp.responder.config.ConfigException;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.io.HostName;
import org.precertocsp.responder.logging.LoggingSetup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `serve`: answers until it is stopped.
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Answers OCSP requests until SIGTERM or SIGINT; SIGHUP reloads keys, certificates and the log level.",
            "",
            "Prints `ready http://ADDRESS` once it answers. Does not start with a credential that the issuer's profile forbids, and prints "
                    + "all reasons."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped as asked",
            "1:the configuration or a credential is rejected",
            ExitCodes.USAGE_HELP,
            ExitCodes.CANNOT_HELP
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-ocsp serve -c /etc/precert-ocsp/precert-ocsp.yaml",
            "  precert-ocsp reload -c FILE   # after a new responder certificate has been put in"
                    + " place"
        })
public final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = "--new-store",
            description = {
                "Accept the store as it is, although it is empty or lacks changes that the "
                        + "audit log recorded. Without this option the server does not start, and audit"
                        + " replay restores the changes."
            })
    private boolean newStore;

    @Option(
            names = "--accept-clock",
            description = {
                "Accept the clock, although it is behind times that were signed or recorded "
                        + "before. Without this option nothing is signed until those times. The "
                        + "acceptance is recorded."
            })
    private boolean acceptClock;

    private final ServerLauncher launcher;

    public ServeCommand(ServerLauncher launcher) {
        this.launcher = launcher;
    }

    @Override
    public Integer call()
            throws IOException, ConfigException, StartupException, InterruptedException {
        ProcessSignals.holdHangups();
        ServerConfig read = config.read();
        LoggingSetup.apply(read.logging());
        LOG.info(
                "precert-ocsp {} starts: configuration {}, host {}, user {}, process {}, Java {}",
                VersionProvider.number(),
                config.file().toAbsolutePath().normalize(),
                HostName.get(),
                System.getProperty("user.name"),
                ProcessHandle.current().pid(),
                Runtime.version());
        ServerLifecycle.untilStopped(launcher.start(read, accepted()), spec.commandLine().getOut());
        return ExitCodes.OK;
    }

    private Set<ServerLauncher.Accepted> accepted() {
        EnumSet<ServerLauncher.Accepted> accepted = EnumSet.noneOf(ServerLauncher.Accepted.class);
        if (newStore) {
            accepted.add(ServerLauncher.Accepted.NEW_STORE);
        }
        if (acceptClock) {
            accepted.add(ServerLauncher.Accepted.CLOCK);
        }
        return accepted;
    }
}
