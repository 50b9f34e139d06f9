package org.precertocsp.responder.cli;

import java.io.PrintWriter;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusAnswer;
import org.precertocsp.responder.status.StoreFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine;

/// `status`: shows the status of one serial, and the reasons for it.
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Shows the status of a serial and the reasons for it. Works while the server "
                    + "runs.",
            "",
            "The command reads the store, and warns if it lacks changes that the audit log "
                    + "recorded."
        },
        exitCodeOnExecutionException = ExitCodes.CANNOT,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:the serial is known",
            "1:the serial is unassigned",
            ExitCodes.USAGE_HELP,
            "3:configuration or store could not be read"
        })
public final class StatusCommand implements Callable<Integer> {
    private final CommandContext.Factory contexts;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = "--issuer",
            required = true,
            paramLabel = "FILE",
            description = "certificate of the issuer, PEM or DER")
    private Path issuerFile = Path.of("");

    @Option(names = "--decimal", description = "the serial is written in decimal")
    private boolean decimal;

    @Option(names = "--json", description = "print one JSON object instead of text")
    private boolean json;

    @Parameters(
            paramLabel = "SERIAL",
            description = "hexadecimal, with colons or 0x if you like; decimal with --decimal")
    private String serialText = "";

    private StatusCommand(CommandContext.Factory contexts) {
        this.contexts = contexts;
    }

    public static CommandLine line(CommandContext.Factory contexts) {
        return new CommandLine(new StatusCommand(contexts));
    }

    @Override
    public Integer call() {
        Serial serial = serial();
        try {
            CommandContext configured = contexts.read(config.file());
            FedIssuer issuer = IssuerOption.find(issuerFile, configured.issuers());
            configured.storeDoubt().ifPresent(doubt -> Failures.warn(spec, doubt));
            try (CommandContext.StatusView view = configured.openView()) {
                return print(
                        StatusAnswer.of(
                                issuer.name(), view.dossier(new SerialKey(issuer.key(), serial))));
            }
        } catch (CommandFailed | StoreFailure e) {
            return Failures.report(spec, String.valueOf(e.getMessage()));
        }
    }

    private Serial serial() {
        try {
            return decimal
                    ? Serial.of(new BigInteger(serialText.strip()))
                    : Serial.ofHex(serialText.strip());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "'%s': %s".formatted(serialText, e.getMessage()), e);
        }
    }

    private int print(StatusAnswer answer) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.line(answer));
        } else {
            new StatusReport(out).print(answer);
            if (!answer.known() && !decimal && serialText.matches("\\d+")) {
                out.println("The serial was read as hexadecimal; --decimal reads it as decimal.");
            }
        }
        out.flush();
        return answer.known() ? ExitCodes.OK : ExitCodes.REFUSED;
    }
}
