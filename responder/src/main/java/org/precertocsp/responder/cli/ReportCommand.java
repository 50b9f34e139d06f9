package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.precertocsp.responder.config.ConfigException;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.metrics.unassigned.StixBundle;
import org.precertocsp.responder.metrics.unassigned.UnassignedReport;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.InvalidCertificateException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `report`: reports from the data that the server collects.
@Command(
        name = "report",
        description = "Report from the data that the server collects.",
        versionProvider = VersionProvider.class,
        mixinStandardHelpOptions = true)
public final class ReportCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    private ReportCommand() {}

    public static CommandLine of(InstantSource clock) {
        return new CommandLine(new ReportCommand()).addSubcommand(new UnassignedCommand(clock));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: unassigned");
    }

    /// `report unassigned`: reports requests for unassigned serials.
    @Command(
            name = "unassigned",
            description = {
                "Report requests for serials nobody assigned (BR 4.9.9), by whole hours.",
                "",
                "Requests are counted exactly; different serials and the most requested ones are estimates."
                        + " Nothing identifies clients. Works while the server runs, a minute "
                        + "behind."
            },
            versionProvider = VersionProvider.class,
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {ExitCodes.OK_HELP, ExitCodes.USAGE_HELP, ExitCodes.CANNOT_HELP},
            footerHeading = "%nExamples:%n",
            footer = {
                "  precert-ocsp report unassigned -c precert-ocsp.yaml --since 24h",
                "  precert-ocsp report unassigned -c precert-ocsp.yaml --since 2026-11-01T00:00:00Z"
                        + " --stix feed.json --organization \"Example CA\""
            })
    static final class UnassignedCommand implements Callable<Integer> {
        private static final int MOST_SERIALS = 768;

        @Spec private CommandSpec spec = CommandSpec.create();
        @Mixin private ConfigOption config = new ConfigOption();

        @Option(
                names = "--since",
                paramLabel = "TIME",
                defaultValue = "24h",
                description =
                        "A time in UTC, as 2026-11-01T00:00:00Z, or how long ago, as 24h or 7d"
                                + " (default: ${DEFAULT-VALUE}).")
        private String since = "";

        @Option(
                names = "--top",
                paramLabel = "N",
                defaultValue = "20",
                description =
                        "The N most requested serials of each issuer (default: ${DEFAULT-VALUE}).")
        private int top;

        @Option(names = "--json", description = "Print one JSON object instead of text.")
        private boolean json;

        @Option(
                names = "--stix",
                paramLabel = "FILE",
                description = "Write a STIX 2.1 bundle for others to import.")
        private Optional<Path> stix = Optional.empty();

        @Option(
                names = "--organization",
                paramLabel = "NAME",
                defaultValue = "a certification authority",
                description =
                        "The reporting organization in the bundle (default: ${DEFAULT-VALUE}).")
        private String organization = "";

        private final InstantSource clock;

        UnassignedCommand(InstantSource clock) {
            this.clock = clock;
        }

        @Override
        public Integer call() throws IOException, ConfigException {
            if (top < 1 || top > MOST_SERIALS) {
                throw new ParameterException(
                        spec.commandLine(), "--top is from 1 to %d".formatted(MOST_SERIALS));
            }
            Instant now = clock.instant();
            Instant from = from(now);
            ServerConfig read = config.read();
            UnassignedReport report =
                    UnassignedReport.read(read.unassigned().directory(), from, now, top);
            if (stix.isPresent()) {
                Files.writeString(
                        stix.get(), StixBundle.of(report, organization, subjects(read), now));
            }
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(Json.line(report));
            } else {
                print(out, report);
            }
            out.flush();
            return ExitCodes.OK;
        }

        private Instant from(Instant now) {
            try {
                return since.endsWith("Z") ? Instant.parse(since) : now.minus(ago());
            } catch (DateTimeException | ArithmeticException e) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--since '%s' is not a time: write 2026-11-01T00:00:00Z, 24h or 7d"
                                .formatted(since),
                        e);
            }
        }

        private Duration ago() {
            return since.endsWith("d")
                    ? Duration.parse("P" + since)
                    : Duration.parse("PT" + since.toUpperCase(Locale.ROOT));
        }

        private static Map<String, String> subjects(ServerConfig config) throws IOException {
            Map<String, String> subjects = new HashMap<>();
            for (ServerConfig.Issuer issuer : config.issuers()) {
                try {
                    subjects.put(
                            issuer.name(),
                            CertificateFile.readFirst(issuer.certificates().getFirst()).subject());
                } catch (InvalidCertificateException e) {
                    throw new IOException(e.getMessage(), e);
                }
            }
            return subjects;
        }

        private static void print(PrintWriter out, UnassignedReport report) {
            out.println(
                    "Unassigned serials requested from %s to %s"
                            .formatted(report.from(), report.until()));
            if (report.issuers().isEmpty()) {
                out.println("none");
            }
            for (UnassignedReport.OfIssuer issuer : report.issuers()) {
                out.println();
                out.println(
                        "%s: %d requests, about %d different serials"
                                .formatted(issuer.issuer(), issuer.requests(), issuer.distinct()));
                if (!issuer.most().isEmpty()) {
                    out.println("  %-42s %12s  %s".formatted("serial", "requests", "hours"));
                }
                for (UnassignedReport.Often often : issuer.most()) {
                    out.println(
                            "  %-42s %12d  %s to %s"
                                    .formatted(
                                            often.serial(),
                                            often.requests(),
                                            often.first(),
                                            often.last()));
                }
            }
        }
    }
}
