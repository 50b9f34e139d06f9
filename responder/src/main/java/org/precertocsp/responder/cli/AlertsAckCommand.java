package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.precertocsp.responder.alert.Acknowledgement;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.Alerts.UnknownAlert;
import org.precertocsp.responder.alert.desk.Acknowledging;
import org.precertocsp.responder.config.ConfigRefused;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `alerts ack`.
@Command(
        name = "ack",
        description =
                "Acknowledge an alert: a person works on it, so it does not escalate. Works "
                        + "while the server runs, and is recorded in the audit log.",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:acknowledged, now or before",
            "1:there is no such alert",
            ExitCodes.USAGE_HELP,
            ExitCodes.CANNOT_HELP
        },
        footerHeading = "%nExamples:%n",
        footer = "  precert-ocsp alerts ack 261121-7f3a --by ann --note \"log restarted\" -c FILE")
final class AlertsAckCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ConfigOption config = new ConfigOption();

    @Parameters(paramLabel = "ID", description = "As alerts list shows it.")
    private String id = "";

    @Option(
            names = "--by",
            paramLabel = "NAME",
            required = true,
            description = "The person who works on it.")
    private String by = "";

    @Option(names = "--note", paramLabel = "TEXT", description = "What was found or is done.")
    private String note = "";

    private final AlertBooks alerts;

    AlertsAckCommand(AlertBooks alerts) {
        this.alerts = alerts;
    }

    @Override
    public Integer call() throws IOException, ConfigRefused {
        Acknowledging book = alerts.of(config.read());
        try {
            Alert alert = book.acknowledge(id, by, note);
            Acknowledgement taken = alert.acknowledgement().orElseThrow();
            PrintWriter out = spec.commandLine().getOut();
            out.println(
                    "%s %s %s: acknowledged by %s at %s"
                            .formatted(
                                    alert.id(),
                                    alert.kind(),
                                    Printable.of(alert.about()),
                                    Printable.of(taken.by()),
                                    taken.at()));
            out.flush();
            return ExitCodes.OK;
        } catch (UnknownAlert e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(
                    e.getMessage() + "; open ones: precert-ocsp alerts list -c " + config.file());
            err.flush();
            return ExitCodes.REFUSED;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
