package org.precertocsp.responder.cli;

import java.io.PrintWriter;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.SerialStatus;
import org.precertocsp.responder.status.StoreException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
            ConfiguredIssuer issuer = IssuerLookup.find(issuerFile, configured.issuers());
            configured.storeDoubt().ifPresent(doubt -> CommandErrorHandler.warn(spec, doubt));
            try (CommandContext.StatusView view = configured.openView()) {
                return print(
                        SerialStatus.of(
                                issuer.name(), view.dossier(new SerialKey(issuer.key(), serial))));
            }
        } catch (CommandException | StoreException e) {
            return CommandErrorHandler.report(spec, String.valueOf(e.getMessage()));
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

    private int print(SerialStatus answer) {
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

    /// Prints the result of `status`.
    static final class StatusReport {
        private final PrintWriter out;

        StatusReport(PrintWriter out) {
            this.out = out;
        }

        void print(SerialStatus answer) {
            line("serial", answer.serial());
            line("issuer", answer.issuer());
            line("state", state(answer));
            answer.revocation().ifPresent(this::print);
            answer.notAfter().ifPresent(at -> line("expires", at.toString()));
            for (SerialStatus.Evidence evidence : answer.evidence()) {
                line("evidence", "%s in %s".formatted(evidence.by(), source(evidence.source())));
                hashes(evidence.documentSha256(), evidence.contentSha256());
            }
            for (SerialStatus.Event event : answer.history()) {
                line(
                        "history",
                        "%s %s, from %s"
                                .formatted(event.at(), event.what(), event.source().name()));
            }
            for (SerialStatus.Conflict conflict : answer.conflicts()) {
                line("CONFLICT", conflict.why());
                line("", "in " + source(conflict.source()));
                hashes(conflict.documentSha256(), conflict.contentSha256());
            }
            out.flush();
        }

        private static String state(SerialStatus answer) {
            return switch (answer.state()) {
                case "good" -> "good: assigned by " + by(answer) + ", not revoked";
                case "revoked" -> "revoked; assigned by " + by(answer);
                case "announced" ->
                        "announced %s, not yet assigned: clients receive tryLater"
                                .formatted(answer.announcedAt().map(Object::toString).orElse(""));
                default ->
                        "unassigned: no precertificate, certificate, list or CRL loaded so far names"
                                + " it";
            };
        }

        private static String by(SerialStatus answer) {
            return switch (answer.assignedBy().orElse("")) {
                case "precertificate" -> "a precertificate";
                case "certificate" -> "a certificate";
                case "declaration" -> "a list that names it";
                default -> "its revocation alone: nobody announced this serial";
            };
        }

        private void print(SerialStatus.Revoked revocation) {
            line(
                    "revoked",
                    "%s, reason %s (%d)%s"
                            .formatted(
                                    revocation.at(),
                                    revocation.reason(),
                                    revocation.reasonCode(),
                                    revocation
                                            .invalidityDate()
                                            .map(date -> ", invalid since " + date)
                                            .orElse("")));
        }

        private void hashes(Optional<ByteString> document, Optional<ByteString> content) {
            document.ifPresent(sha256 -> line("", "document SHA-256 " + sha256));
            content.ifPresent(sha256 -> line("", "content SHA-256  " + sha256));
        }

        private static String source(ChangeSource source) {
            return "%s (%s), loaded %s, file SHA-256 %s"
                    .formatted(source.name(), source.kind(), source.takenIn(), source.sha256());
        }

        private void line(String label, String text) {
            out.println("%-9s %s".formatted(label, SafeText.of(text)));
        }
    }
}
