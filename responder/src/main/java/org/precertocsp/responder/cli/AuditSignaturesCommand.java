package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.InvalidSerialException;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.audit.SignatureSearch;
import org.precertocsp.responder.io.Json;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.InvalidCertificateException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `audit signatures`: lists the signatures that keys made.
@Command(
        name = "signatures",
        mixinStandardHelpOptions = true,
        description = {
            "Lists the OCSP signatures made, by key, serial and time. Works while the server "
                    + "runs.",
            "",
            "An export for a key's owner. It holds the answers, never who requested them; "
                    + "serials of unknown certificates came from clients, and --redact prints only a "
                    + "hash of every serial."
        },
        exitCodeOnExecutionException = ExitCodes.CANNOT,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:the journal was read, whatever it held",
            ExitCodes.USAGE_HELP,
            "3:configuration or journal could not be read"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-ocsp audit signatures -c precert-ocsp.yaml --since 2026-11-01",
            "  precert-ocsp audit signatures -c precert-ocsp.yaml --key responder.pem --json"
        })
final class AuditSignaturesCommand implements Callable<Integer> {
    private final AuditContext.Factory contexts;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description =
                    "a certificate file with the signing key, or the hexadecimal SHA-256 of its"
                            + " SubjectPublicKeyInfo, or how that begins")
    private @Nullable String key;

    @Option(names = "--serial", paramLabel = "SERIAL", description = "hexadecimal")
    private @Nullable String serial;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "ISO 8601 in UTC, as 2026-11-01 or 2026-11-01T12:00:00Z")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "likewise, not included")
    private @Nullable String until;

    @Option(names = "--json", description = "print one JSON object a line")
    private boolean json;

    @Option(names = "--redact", description = "print a hash instead of each serial")
    private boolean redact;

    AuditSignaturesCommand(AuditContext.Factory contexts) {
        this.contexts = contexts;
    }

    @Override
    public Integer call() {
        SignatureSearch.Query query =
                new SignatureSearch.Query(
                        Optional.ofNullable(key).map(this::keyHash),
                        Optional.ofNullable(serial).map(this::serial),
                        Optional.ofNullable(since).map(text -> time("--since", text)),
                        Optional.ofNullable(until).map(text -> time("--until", text)));
        PrintWriter out = spec.commandLine().getOut();
        try {
            Path folder = contexts.read(config.file()).audit().signatures();
            SkippedRecords damaged = new SkippedRecords();
            new SignatureSearch(folder).find(query, found -> print(out, found), damaged);
            out.flush();
            damaged.check();
        } catch (IOException e) {
            return CommandErrorHandler.report(spec, String.valueOf(e.getMessage()));
        } catch (CommandException e) {
            return CommandErrorHandler.report(spec, e.explanation());
        }
        out.flush();
        return ExitCodes.OK;
    }

    private void print(PrintWriter out, SignatureSearch.Found found) {
        SignatureSearch.Found shown = redact ? redacted(found) : found;
        if (json) {
            out.println(Json.line(shown));
        } else {
            out.printf(
                    "%s  %-7s  %s  until %s  key %s  signature %s%n",
                    shown.at(),
                    shown.status(),
                    shown.serial(),
                    shown.nextUpdate(),
                    shown.keySha256().substring(0, Math.min(16, shown.keySha256().length())),
                    shown.signature());
        }
    }

    /// Hashes serial and issuer together, so that equal serials of two issuers stay distinct.
    private static SignatureSearch.Found redacted(SignatureSearch.Found found) {
        String named = found.issuerKeySha256() + " " + found.serial();
        ByteString hash =
                HashAlgorithm.SHA256.hash(ByteString.of(named.getBytes(StandardCharsets.US_ASCII)));
        return new SignatureSearch.Found(
                found.at(),
                found.keySha256(),
                found.issuerKeySha256(),
                "sha256:" + hash.toHex(),
                found.status(),
                found.nextUpdate(),
                found.signature());
    }

    private String keyHash(String text) {
        if (text.matches("[0-9A-Fa-f]{4,64}") && !Files.exists(Path.of(text))) {
            return text.toLowerCase(Locale.ROOT);
        }
        try {
            byte[] info = CertificateFile.readFirst(Path.of(text)).publicKey().getEncoded();
            return HashAlgorithm.SHA256.hash(ByteString.of(info)).toHex();
        } catch (InvalidCertificateException e) {
            throw usage("--key: " + e.getMessage());
        }
    }

    private Serial serial(String text) {
        try {
            return Serial.ofHex(text);
        } catch (InvalidSerialException e) {
            throw usage("--serial: " + e.getMessage());
        }
    }

    private Instant time(String option, String text) {
        try {
            return text.contains("T")
                    ? Instant.parse(text)
                    : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeParseException _) {
            throw usage(option + ": \"" + text + "\" is not a time, as 2026-11-01T12:00:00Z");
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
