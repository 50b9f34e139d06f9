package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.precertocsp.ocsp.InvalidSerialException;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.audit.ChangeSearch;
import org.precertocsp.responder.io.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `audit changes`: lists who changed a serial, and why.
@Command(
        name = "changes",
        mixinStandardHelpOptions = true,
        description = {
            "Lists every change of a serial, who made it and why. Works while the server "
                    + "runs.",
            "",
            "The source is a file with its name, or the private API with the caller and the reason"
                    + " given."
        },
        exitCodeOnExecutionException = ExitCodes.CANNOT,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:the log was read, and the serial is in it",
            "1:the serial is not in it",
            ExitCodes.USAGE_HELP,
            "3:configuration or log could not be read"
        },
        footerHeading = "%nExamples:%n",
        footer = "  precert-ocsp audit changes -c precert-ocsp.yaml --serial 5a17")
final class AuditChangesCommand implements Callable<Integer> {
    private final AuditContext.Factory contexts;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = "--serial",
            paramLabel = "SERIAL",
            required = true,
            description = "hexadecimal; that of every issuer")
    private String serial = "";

    @Option(names = "--json", description = "print one JSON object a line")
    private boolean json;

    AuditChangesCommand(AuditContext.Factory contexts) {
        this.contexts = contexts;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            Path folder = contexts.read(config.file()).audit().events();
            SkippedRecords damaged = new SkippedRecords();
            List<ChangeSearch.Found> all = ChangeSearch.find(folder, serial(), damaged);
            all.forEach(found -> print(out, found));
            if (all.isEmpty() && !json) {
                out.println("the audit log has nothing about " + serial);
            }
            out.flush();
            damaged.check();
            return all.isEmpty() ? ExitCodes.REFUSED : ExitCodes.OK;
        } catch (IOException e) {
            return CommandErrorHandler.report(spec, String.valueOf(e.getMessage()));
        } catch (CommandException e) {
            return CommandErrorHandler.report(spec, e.explanation());
        }
    }

    private Serial serial() {
        try {
            return Serial.ofHex(serial);
        } catch (InvalidSerialException e) {
            throw new ParameterException(spec.commandLine(), "--serial: " + e.getMessage());
        }
    }

    private void print(PrintWriter out, ChangeSearch.Found found) {
        if (json) {
            out.println(Json.line(found));
            return;
        }
        out.printf(
                "%s  %-10s  %s%n    from %s, sha256 %s, issuer key %s%s%n",
                found.at(),
                found.outcome(),
                found.change(),
                SafeText.of(found.source()),
                start(found.sourceSha256()),
                start(found.issuerKeySha256()),
                found.tookEffect() ? "" : "; it did not take effect");
    }

    private static String start(String hash) {
        return hash.substring(0, Math.min(16, hash.length()));
    }
}
