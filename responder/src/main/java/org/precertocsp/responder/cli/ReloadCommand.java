package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.precertocsp.responder.config.ConfigException;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.reload.ReloadReport;
import org.precertocsp.responder.reload.ReloadRequests;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `reload`: reloads keys, certificates and log levels of the running server.
@Command(
        name = "reload",
        description = {
            "Makes a running server reload keys, certificates and log levels, waits for it, "
                    + "and prints what was reloaded, what needs a restart, and what failed and why. Run"
                    + " it as the server's user, or as root."
        },
        versionProvider = VersionProvider.class,
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:reloaded; some changes may need a restart",
            "1:something was rejected; the server keeps using the old one",
            ExitCodes.USAGE_HELP,
            ExitCodes.CANNOT_HELP
        },
        footerHeading = "%nExamples:%n",
        footer = "  precert-ocsp reload -c /etc/precert-ocsp/precert-ocsp.yaml")
public final class ReloadCommand implements Callable<Integer> {
    private static final Duration BEGIN = Duration.ofSeconds(10);

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            description = "How long to wait for the server. Default: ${DEFAULT-VALUE}.",
            defaultValue = "120")
    private int seconds = 120;

    @Override
    public Integer call() throws IOException, ConfigException {
        ServerConfig read = config.read();
        ReloadReport report =
                new ReloadRequests(read.alerts().directory())
                        .send(BEGIN, Duration.ofSeconds(seconds));
        PrintWriter out = spec.commandLine().getOut();
        report.reloaded().forEach(it -> out.println("reloaded: " + SafeText.of(it)));
        report.needsRestart().forEach(it -> out.println("needs a restart: " + SafeText.of(it)));
        out.flush();
        PrintWriter err = spec.commandLine().getErr();
        report.failed().forEach(it -> err.println("failed: " + SafeText.of(it)));
        err.flush();
        return report.succeeded() ? ExitCodes.OK : ExitCodes.REFUSED;
    }
}
