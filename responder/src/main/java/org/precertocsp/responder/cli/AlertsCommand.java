package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.precertocsp.responder.alert.Acknowledgement;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.AlertAcknowledger;
import org.precertocsp.responder.alert.AlertJson;
import org.precertocsp.responder.alert.Alerts.UnknownAlert;
import org.precertocsp.responder.config.ConfigException;
import org.precertocsp.responder.io.Json;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `alerts`: lists and acknowledges alerts.
@Command(
        name = "alerts",
        description = "See and acknowledge alerts, whether the server runs or not.",
        versionProvider = VersionProvider.class,
        mixinStandardHelpOptions = true)
public final class AlertsCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    private AlertsCommand() {}

    public static CommandLine of(AlertAccess alerts, InstantSource clock) {
        return new CommandLine(new AlertsCommand())
                .addSubcommand(new ListCommand(alerts, clock))
                .addSubcommand(new AckCommand(alerts));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: list or ack");
    }

    /// `alerts list`.
    @Command(
            name = "list",
            description =
                    "List alerts nobody has acknowledged, the worst first: open ones, then critical"
                            + " ones that ended by themselves. Counts may be some seconds behind the"
                            + " server's.",
            versionProvider = VersionProvider.class,
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:no alert is open; critical ones that ended may be listed",
                "1:alerts are open",
                ExitCodes.USAGE_HELP,
                ExitCodes.CANNOT_HELP
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  precert-ocsp alerts list -c precert-ocsp.yaml",
                "  precert-ocsp alerts list -c precert-ocsp.yaml --all --json"
            })
    static final class ListCommand implements Callable<Integer> {
        private static final Comparator<Alert> OPEN_AND_WORST_FIRST =
                Comparator.comparing((Alert alert) -> !alert.isOpen())
                        .thenComparing(alert -> !alert.isUnseen())
                        .thenComparing(Alert::severity)
                        .thenComparing(Alert::raisedAt);

        /// A line of `--json`.
        private record Line(AlertJson alert, boolean overdue) {}

        @Spec private CommandSpec spec = CommandSpec.create();
        @Mixin private ConfigOption config = new ConfigOption();

        @Option(
                names = "--all",
                description = "Also those acknowledged or ended, the newest thousand of each.")
        private boolean all;

        @Option(names = "--json", description = "Print one JSON object for each, instead of text.")
        private boolean json;

        private final AlertAccess alerts;
        private final InstantSource clock;

        ListCommand(AlertAccess alerts, InstantSource clock) {
            this.alerts = alerts;
            this.clock = clock;
        }

        @Override
        public Integer call() throws IOException, ConfigException {
            PrintWriter out = spec.commandLine().getOut();
            Instant now = clock.instant();
            List<Alert> known =
                    alerts.of(config.read()).all().stream()
                            .filter(alert -> all || alert.isOpen() || alert.isUnseen())
                            .sorted(OPEN_AND_WORST_FIRST)
                            .toList();
            for (Alert alert : known) {
                if (json) {
                    out.println(Json.line(new Line(AlertJson.of(alert), alert.isOverdue(now))));
                } else {
                    print(out, alert, now);
                }
            }
            if (!json && known.stream().noneMatch(Alert::isOpen)) {
                out.println("no alert is open");
            }
            out.flush();
            return known.stream().anyMatch(Alert::isOpen) ? ExitCodes.REFUSED : ExitCodes.OK;
        }

        private static void print(PrintWriter out, Alert alert, Instant now) {
            out.println(
                    "%s  %-9s %s  %s%s"
                            .formatted(
                                    alert.id(),
                                    alert.severity(),
                                    alert.kind(),
                                    SafeText.of(alert.about()),
                                    alert.seen().count() > 1
                                            ? "  (" + alert.seen().count() + " times)"
                                            : ""));
            out.println("    " + SafeText.of(alert.what()));
            out.println(
                    "    raised %s, last %s, %s"
                            .formatted(
                                    seconds(alert.raisedAt()),
                                    seconds(alert.seen().last()),
                                    state(alert, now)));
        }

        private static String state(Alert alert, Instant now) {
            String ended =
                    alert.ending().map(it -> "ended %s".formatted(seconds(it.at()))).orElse("");
            if (alert.acknowledgement().isPresent()) {
                Acknowledgement by = alert.acknowledgement().get();
                String note = by.note().isEmpty() ? "" : ": " + SafeText.of(by.note());
                return "%sacknowledged %s by %s%s"
                        .formatted(
                                ended.isEmpty() ? "" : ended + ", ",
                                seconds(by.at()),
                                SafeText.of(by.by()),
                                note);
            }
            if (alert.hasEnded()) {
                return alert.isUnseen() ? ended + ", nobody has acknowledged it" : ended;
            }
            return "%s by %s"
                    .formatted(
                            alert.isOverdue(now)
                                    ? "OVERDUE, was to be acknowledged"
                                    : "acknowledge",
                            seconds(alert.deadline()));
        }

        private static Instant seconds(Instant instant) {
            return instant.truncatedTo(ChronoUnit.SECONDS);
        }
    }

    /// `alerts ack`.
    @Command(
            name = "ack",
            description =
                    "Acknowledge an alert: a person works on it, so it does not escalate. Works "
                            + "while the server runs, and is recorded in the audit log.",
            versionProvider = VersionProvider.class,
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:acknowledged, now or before",
                "1:there is no such alert",
                ExitCodes.USAGE_HELP,
                ExitCodes.CANNOT_HELP
            },
            footerHeading = "%nExamples:%n",
            footer =
                    "  precert-ocsp alerts ack 261121-7f3a --by ann --note \"log restarted\" -c FILE")
    static final class AckCommand implements Callable<Integer> {
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

        private final AlertAccess alerts;

        AckCommand(AlertAccess alerts) {
            this.alerts = alerts;
        }

        @Override
        public Integer call() throws IOException, ConfigException {
            AlertAcknowledger book = alerts.of(config.read());
            try {
                Alert alert = book.acknowledge(id, by, note);
                Acknowledgement taken = alert.acknowledgement().orElseThrow();
                PrintWriter out = spec.commandLine().getOut();
                out.println(
                        "%s %s %s: acknowledged by %s at %s"
                                .formatted(
                                        alert.id(),
                                        alert.kind(),
                                        SafeText.of(alert.about()),
                                        SafeText.of(taken.by()),
                                        taken.at()));
                out.flush();
                return ExitCodes.OK;
            } catch (UnknownAlert e) {
                PrintWriter err = spec.commandLine().getErr();
                err.println(
                        e.getMessage()
                                + "; open ones: precert-ocsp alerts list -c "
                                + config.file());
                err.flush();
                return ExitCodes.REFUSED;
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
            }
        }
    }
}
